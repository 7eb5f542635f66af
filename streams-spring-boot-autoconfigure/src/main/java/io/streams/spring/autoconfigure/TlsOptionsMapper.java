package io.streams.spring.autoconfigure;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import io.streams.spring.autoconfigure.StreamsProperties.Ssl;
import io.streams.spring.server.SslBundleContext;
import io.streams.tls.ClientAuthentication;
import io.streams.tls.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * Maps a server's SSL properties, and the bundles that they name, onto TLS options.
 */
final class TlsOptionsMapper {

	private static final PropertyMapper map = PropertyMapper.get();

	private final String prefix;

	private final Ssl ssl;

	private final SslBundles bundles;

	TlsOptionsMapper(String prefix, Ssl ssl, SslBundles bundles) {
		this.prefix = prefix;
		this.ssl = ssl;
		this.bundles = bundles;
	}

	/**
	 * Maps the properties.
	 * @return the options, or {@code null} if the server speaks no TLS
	 */
	@Nullable TlsOptions map() {
		if (Boolean.FALSE.equals(this.ssl.enabled()) || this.ssl.equals(Ssl.UNSET)) {
			return null;
		}
		String bundle = requireBundle();
		requireKnown(".bundle", bundle);
		this.ssl.serverNameBundles().forEach((host, name) -> requireKnown(".server-name-bundles." + host, name));
		TlsOptions.Builder options = TlsOptions.builder(contextOf(bundle));
		SslOptions ofBundle = this.bundles.getBundle(bundle).getOptions();
		map.from(ofBundle.getCiphers()).as(Arrays::asList).to(options::ciphers);
		map.from(ofBundle.getEnabledProtocols()).as(Arrays::asList).to(options::protocols);
		requireTrustStore(bundle);
		map.from(this.ssl.clientAuth()).to(options::clientAuthentication);
		map.from(this.ssl.applicationProtocols()).to(options::applicationProtocols);
		set(options, ".handshake-timeout", this.ssl.handshakeTimeout(), options::handshakeTimeout);
		set(options, ".shutdown-timeout", this.ssl.shutdownTimeout(), options::shutdownTimeout);
		TlsOptions mapped = options.build();
		tryOut(mapped, bundle);
		return mapped;
	}

	/** What the JDK refuses is refused now: it would cost every client its connection. */
	private void tryOut(TlsOptions options, String bundle) {
		SSLEngine engine = options.context().get().createSSLEngine();
		engine.setUseClientMode(false);
		tryOut(options.ciphers(), engine::setEnabledCipherSuites, ".bundle", bundle,
				"'options.ciphers' of this SSL bundle cannot be used. Give the JDK's names, such as "
						+ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
		tryOut(options.protocols(), engine::setEnabledProtocols, ".bundle", bundle,
				"'options.enabled-protocols' of this SSL bundle cannot be used. Give the JDK's names, such as TLSv1.3");
		tryOut(options.applicationProtocols(), new SSLParameters()::setApplicationProtocols, ".application-protocols",
				options.applicationProtocols(), "Give each protocol a name, such as h2");
	}

	private void tryOut(List<String> names, Consumer<String[]> setter, String property, Object value, String advice) {
		if (names.isEmpty()) {
			return;
		}
		try {
			setter.accept(names.toArray(String[]::new));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + property, value,
					advice + ": " + ex.getMessage() + ".", ex);
		}
	}

	private <T> void set(TlsOptions.Builder options, String property, @Nullable T value, Consumer<T> setter) {
		map.from(value).to((each) -> {
			try {
				setter.accept(each);
				options.build();
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException(this.prefix + property, each,
						"Give a time above zero.");
			}
		});
	}

	private String requireBundle() {
		String bundle = this.ssl.bundle();
		if (bundle == null) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".bundle", null,
					"Name the SSL bundle that has the server's certificate, or set " + this.prefix
							+ ".enabled=false to speak no TLS.");
		}
		return bundle;
	}

	/** Without one the JDK trusts whoever any public authority has certified. */
	private void requireTrustStore(String bundle) {
		ClientAuthentication clients = this.ssl.clientAuth();
		SslStoreBundle stores = this.bundles.getBundle(bundle).getStores();
		if (clients != null && clients != ClientAuthentication.NONE && stores != SslStoreBundle.NONE
				&& stores.getTrustStore() == null) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".client-auth", clients,
					"SSL bundle '" + bundle + "' has no trust store, so that a client with a certificate of any public"
							+ " authority would do. Give it the authorities of your clients: truststore.certificate or"
							+ " truststore.location.");
		}
		if (clients != null && clients != ClientAuthentication.NONE && isEmpty(stores.getTrustStore())) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".client-auth", clients,
					"SSL bundle '" + bundle + "' has a trust store without certificates, so that no client could"
							+ " connect. If its file has some, set truststore.password: the JDK leaves out what is"
							+ " encrypted.");
		}
	}

	private static boolean isEmpty(@Nullable KeyStore store) {
		try {
			return store != null && store.size() == 0;
		}
		catch (KeyStoreException ex) {
			return false;
		}
	}

	private SslBundleContext contextOf(String bundle) {
		try {
			return new SslBundleContext(this.bundles, bundle, this.ssl.serverNameBundles());
		}
		catch (IllegalStateException ex) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".bundle", bundle,
					"This SSL bundle, or one of 'server-name-bundles', cannot be used: " + ex.getMessage()
							+ ". Correct what is set below spring.ssl.bundle, or the file.",
					ex);
		}
	}

	private void requireKnown(String property, String bundle) {
		List<String> known = this.bundles.getBundleNames();
		if (!known.contains(bundle)) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + property, bundle,
					"There is no SSL bundle of this name, only " + known
							+ ". Define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks.");
		}
	}

}
