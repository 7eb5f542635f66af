package io.streams.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import io.streams.spring.autoconfigure.StreamsProperties.Ssl;
import io.streams.spring.server.SslBundleContext;
import io.streams.tls.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

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
		map.from(this.ssl.clientAuth()).to(options::clientAuthentication);
		map.from(this.ssl.applicationProtocols()).to(options::applicationProtocols);
		set(options, ".handshake-timeout", this.ssl.handshakeTimeout(), options::handshakeTimeout);
		set(options, ".shutdown-timeout", this.ssl.shutdownTimeout(), options::shutdownTimeout);
		return options.build();
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
