package io.streams.spring.server;

import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * Checks that a server can use an SSL bundle, and says what is wrong with it.
 */
final class SslBundleCheck {

	/** Algorithms of the keys that a server may have. */
	private static final List<String> KEY_TYPES = List.of("RSA", "RSASSA-PSS", "EC", "EdDSA", "DSA");

	/** Causes of causes that count. */
	private static final int MAX_CAUSES = 16;

	private final String name;

	private final SslBundle bundle;

	private SslBundleCheck(String name, SslBundle bundle) {
		this.name = name;
		this.bundle = bundle;
	}

	/**
	 * Checks a bundle.
	 * @param name the name of the bundle
	 * @param bundle the bundle
	 * @return the bundle
	 * @throws IllegalStateException if a server cannot use it; the message says why
	 */
	static SslBundle requireUsable(String name, SslBundle bundle) {
		new SslBundleCheck(name, bundle).check();
		return bundle;
	}

	private void check() {
		SslStoreBundle stores = this.bundle.getStores();
		if (stores != SslStoreBundle.NONE) {
			boolean password = stores.getKeyStorePassword() != null;
			requireKey(loaded("key store", stores::getKeyStore, password), password);
			loaded("trust store", stores::getTrustStore, true);
		}
		for (KeyManager manager : keyManagers(stores)) {
			if (manager instanceof X509KeyManager keys) {
				aliases(keys).forEach((alias) -> requirePair(keys, alias));
			}
		}
	}

	private @Nullable KeyStore loaded(String what, Supplier<@Nullable KeyStore> store, boolean password) {
		try {
			return store.get();
		}
		catch (RuntimeException ex) {
			throw unusable("cannot load its " + what + ": " + reason(ex, what, password), ex);
		}
	}

	/**
	 * A server without a key fails every handshake. A bundle without stores has managers
	 * that the application made, and they do not tell.
	 */
	private void requireKey(@Nullable KeyStore store, boolean password) {
		List<String> keys = (store != null) ? keyEntries(store) : List.of();
		if (store == null || keys.isEmpty()) {
			throw unusable("has no private key in its key store, which a server needs beside its certificate", null);
		}
		if (!password && keys.stream().allMatch((alias) -> certificates(store, alias) == 0)) {
			// The JDK leaves out what is encrypted.
			throw unusable("has a key store that needs a password, and none is set: set 'keystore.password'", null);
		}
	}

	private List<String> keyEntries(KeyStore store) {
		try {
			return Collections.list(store.aliases()).stream().filter((alias) -> isKey(store, alias)).toList();
		}
		catch (KeyStoreException ex) {
			throw unusable("has a key store that cannot be read", ex);
		}
	}

	private boolean isKey(KeyStore store, String alias) {
		try {
			return store.isKeyEntry(alias);
		}
		catch (KeyStoreException ex) {
			throw unusable("has a key store that cannot be read", ex);
		}
	}

	private int certificates(KeyStore store, String alias) {
		try {
			Object[] chain = store.getCertificateChain(alias);
			return (chain != null) ? chain.length : 0;
		}
		catch (KeyStoreException ex) {
			throw unusable("has a key store that cannot be read", ex);
		}
	}

	private KeyManager[] keyManagers(SslStoreBundle stores) {
		try {
			return this.bundle.getManagers().getKeyManagers();
		}
		catch (RuntimeException ex) {
			boolean password = this.bundle.getKey().getPassword() != null || stores.getKeyStorePassword() != null;
			throw unusable("cannot use its private key: " + reason(ex, "private key", password), ex);
		}
	}

	/** The only alias that the bundle uses, or all. */
	private Set<String> aliases(X509KeyManager keys) {
		String only = this.bundle.getKey().getAlias();
		if (only != null) {
			return Set.of(only);
		}
		Set<String> aliases = new LinkedHashSet<>();
		for (String type : KEY_TYPES) {
			String[] some = keys.getServerAliases(type, null);
			aliases.addAll((some != null) ? Arrays.asList(some) : List.of());
		}
		return aliases;
	}

	private void requirePair(X509KeyManager keys, String alias) {
		PrivateKey key = keys.getPrivateKey(alias);
		X509Certificate[] chain = keys.getCertificateChain(alias);
		if (key == null || chain == null || chain.length == 0) {
			return;
		}
		if (KeyPairCheck.isMismatch(key, chain[0].getPublicKey())) {
			throw unusable(
					"has a private key that does not belong to its certificate for "
							+ chain[0].getSubjectX500Principal().getName() + ", so that every handshake would fail",
					null);
		}
	}

	private IllegalStateException unusable(String problem, @Nullable Throwable cause) {
		return new IllegalStateException("SSL bundle '" + this.name + "' " + problem, cause);
	}

	/** Spring's message names the file, and the reason is in its causes. */
	private static String reason(Throwable failure, String what, boolean password) {
		String text = String.valueOf(failure.getMessage());
		Throwable next = failure.getCause();
		for (int i = 0; next != null && i < MAX_CAUSES; i++) {
			if (next instanceof UnrecoverableKeyException) {
				String problem = password ? "the password of the " + what + " is wrong" : "no password is set";
				return problem + " (" + text + ")";
			}
			String message = (next.getMessage() != null) ? next.getMessage() : next.getClass().getSimpleName();
			if (next instanceof FileNotFoundException || next instanceof NoSuchFileException) {
				return "the file does not exist or cannot be opened (" + message + ")";
			}
			text = text.contains(message) ? text : text + ": " + message;
			next = next.getCause();
		}
		return text;
	}

}
