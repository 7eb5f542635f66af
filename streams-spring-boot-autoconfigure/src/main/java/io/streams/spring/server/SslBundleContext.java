package io.streams.spring.server;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * The context of a bundle, and of others for some host names. When one of them is
 * updated, new handshakes get the new certificate; an update that cannot be used is
 * logged, and what was before stays in use.
 */
public final class SslBundleContext implements Supplier<SSLContext> {

	private static final Logger logger = LoggerFactory.getLogger(SslBundleContext.class);

	private final SslBundles bundles;

	private final String bundle;

	private final Map<String, String> serverNameBundles;

	private volatile SSLContext context;

	/**
	 * Create a context, and follow the updates of its bundles.
	 * @param bundles has the bundles
	 * @param bundle the name of the bundle
	 * @param serverNameBundles names of further bundles, by the host name for whose
	 * clients they are
	 */
	public SslBundleContext(SslBundles bundles, String bundle, Map<String, String> serverNameBundles) {
		this.bundles = bundles;
		this.bundle = bundle;
		this.serverNameBundles = Map.copyOf(serverNameBundles);
		this.context = create();
		Set<String> names = new HashSet<>(serverNameBundles.values());
		names.add(bundle);
		names.forEach((name) -> bundles.addBundleUpdateHandler(name, (updated) -> update(name)));
	}

	@Override
	public SSLContext get() {
		return this.context;
	}

	private void update(String name) {
		try {
			this.context = create();
			logger.info("SSL bundle '{}' was updated: new connections get its certificate", name);
		}
		catch (RuntimeException ex) {
			logger.error("SSL bundle '{}' was updated with what cannot be used; its old certificate stays in use", name,
					ex);
		}
	}

	private SSLContext create() {
		SslBundle standard = this.bundles.getBundle(this.bundle);
		try {
			requireKey(this.bundle);
			for (String name : this.serverNameBundles.values()) {
				requireKey(name);
			}
			SSLContext context = SSLContext.getInstance(standard.getProtocol());
			context.init(keyManagersOf(standard), standard.getManagers().getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Could not make a TLS context of SSL bundle '" + this.bundle + "'", ex);
		}
	}

	/**
	 * A server without a key fails every handshake. A bundle without stores has managers
	 * that the application made, and they do not tell.
	 */
	private void requireKey(String name) throws KeyStoreException {
		SslStoreBundle stores = this.bundles.getBundle(name).getStores();
		if (stores != SslStoreBundle.NONE && !hasKey(stores.getKeyStore())) {
			throw new IllegalStateException("SSL bundle '" + name + "' has no private key in its key store, which a"
					+ " server needs beside its certificate");
		}
	}

	private static boolean hasKey(@Nullable KeyStore store) throws KeyStoreException {
		if (store == null) {
			return false;
		}
		for (String alias : Collections.list(store.aliases())) {
			if (store.isKeyEntry(alias)) {
				return true;
			}
		}
		return false;
	}

	private KeyManager[] keyManagersOf(SslBundle standard) {
		if (this.serverNameBundles.isEmpty()) {
			return standard.getManagers().getKeyManagers();
		}
		Map<String, X509ExtendedKeyManager> byName = new HashMap<>();
		this.serverNameBundles.forEach(
				(host, name) -> byName.put(host.toLowerCase(Locale.ROOT), keyManager(this.bundles.getBundle(name))));
		return new KeyManager[] { new ServerNameKeyManager(keyManager(standard), byName) };
	}

	private static X509ExtendedKeyManager keyManager(SslBundle bundle) {
		return Arrays.stream(bundle.getManagers().getKeyManagers())
			.filter(X509ExtendedKeyManager.class::isInstance)
			.map(X509ExtendedKeyManager.class::cast)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("The SSL bundle has no X.509 key manager"));
	}

}
