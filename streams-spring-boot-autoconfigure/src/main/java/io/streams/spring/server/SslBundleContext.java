package io.streams.spring.server;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

import io.streams.PeerText;
import io.streams.flow.LoopLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The context of a bundle, and of others for some host names. When one of them is
 * updated, new handshakes get the new certificate; an update that cannot be used is
 * logged, and what was before stays in use.
 */
public final class SslBundleContext implements Supplier<SSLContext> {

	private static final Logger logger = LoggerFactory.getLogger(SslBundleContext.class);

	private final String bundle;

	private final Map<String, String> serverNameBundles;

	/** Held while a bundle is taken and the context is made of all. */
	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: the last of each name that could be used. */
	private final Map<String, SslBundle> usable = new HashMap<>();

	private volatile SSLContext context;

	/**
	 * Create a context, and follow the updates of its bundles.
	 * @param bundles has the bundles
	 * @param bundle the name of the bundle
	 * @param serverNameBundles names of further bundles, by the host name for whose
	 * clients they are
	 */
	public SslBundleContext(SslBundles bundles, String bundle, Map<String, String> serverNameBundles) {
		this.bundle = bundle;
		this.serverNameBundles = Map.copyOf(serverNameBundles);
		Set<String> names = new HashSet<>(serverNameBundles.values());
		names.add(bundle);
		this.lock.lock();
		try {
			// What is updated meanwhile waits for the lock.
			names.forEach((name) -> bundles.addBundleUpdateHandler(name, (updated) -> update(name, updated)));
			names.forEach((name) -> this.usable.put(name, SslBundleCheck.requireUsable(name, bundles.getBundle(name))));
			this.context = create(this.usable);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public SSLContext get() {
		return this.context;
	}

	private void update(String name, SslBundle updated) {
		this.lock.lock();
		try {
			Map<String, SslBundle> candidates = new HashMap<>(this.usable);
			candidates.put(name, SslBundleCheck.requireUsable(name, updated));
			this.context = create(candidates);
			this.usable.put(name, updated);
			logger.info("SSL bundle '{}' was updated: new connections get its certificate", name);
		}
		catch (RuntimeException ex) {
			logger.error("SSL bundle '{}' was updated with what cannot be used; its old certificate stays in use: {}",
					name, PeerText.printable(ex.getMessage()));
			logger.debug("SSL bundle '{}' cannot be used", name, ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private SSLContext create(Map<String, SslBundle> bundles) {
		SslBundle standard = Objects.requireNonNull(bundles.get(this.bundle));
		try {
			SSLContext context = SSLContext.getInstance(standard.getProtocol());
			context.init(keyManagersOf(standard, bundles), standard.getManagers().getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Could not make a TLS context of SSL bundle '" + this.bundle + "'", ex);
		}
	}

	private KeyManager[] keyManagersOf(SslBundle standard, Map<String, SslBundle> bundles) {
		if (this.serverNameBundles.isEmpty()) {
			return standard.getManagers().getKeyManagers();
		}
		Map<String, X509ExtendedKeyManager> byName = new HashMap<>();
		this.serverNameBundles.forEach((host, name) -> byName.put(host.toLowerCase(Locale.ROOT),
				keyManager(Objects.requireNonNull(bundles.get(name)))));
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
