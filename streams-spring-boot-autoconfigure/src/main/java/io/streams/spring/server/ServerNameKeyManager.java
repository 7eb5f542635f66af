package io.streams.spring.server;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Shows a client the certificate for the host name that it asks for (SNI), by asking the
 * key manager of that name. For servers only.
 */
public final class ServerNameKeyManager extends X509ExtendedKeyManager {

	/** Between the name and the alias of its key manager; no host name has one. */
	private static final String SEPARATOR = "/";

	private final X509ExtendedKeyManager standard;

	private final Map<String, X509ExtendedKeyManager> byName;

	/**
	 * Create a key manager.
	 * @param standard for clients that ask for no name, or for one that is not listed
	 * @param byName by the name in lower case; {@code *.example.com} is for all names
	 * with one more label
	 */
	public ServerNameKeyManager(X509ExtendedKeyManager standard, Map<String, X509ExtendedKeyManager> byName) {
		this.standard = standard;
		this.byName = Map.copyOf(byName);
	}

	@Override
	public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
		String entry = entryFor(requestedName(engine));
		String alias = managerOf(entry).chooseEngineServerAlias(keyType, issuers, engine);
		return (alias != null) ? entry + SEPARATOR + alias : null;
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return managerOf(entryOf(alias)).getCertificateChain(innerOf(alias));
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return managerOf(entryOf(alias)).getPrivateKey(innerOf(alias));
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
		throw new UnsupportedOperationException("This key manager is for engines, not for sockets");
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
		return null;
	}

	private X509ExtendedKeyManager managerOf(String entry) {
		return this.byName.getOrDefault(entry, this.standard);
	}

	/** The entry for a name; empty for the standard one. */
	private String entryFor(String name) {
		if (this.byName.containsKey(name)) {
			return name;
		}
		int dot = name.indexOf('.');
		String wildcard = (dot > 0) ? "*" + name.substring(dot) : "";
		return this.byName.containsKey(wildcard) ? wildcard : "";
	}

	private static String entryOf(String alias) {
		return alias.substring(0, alias.indexOf(SEPARATOR));
	}

	private static String innerOf(String alias) {
		return alias.substring(alias.indexOf(SEPARATOR) + 1);
	}

	private static String requestedName(SSLEngine engine) {
		if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
			return "";
		}
		List<SNIServerName> names = session.getRequestedServerNames();
		return names.stream()
			.filter((name) -> name.getType() == StandardConstants.SNI_HOST_NAME)
			.findFirst()
			.map((name) -> new String(name.getEncoded(), StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT))
			.orElse("");
	}

}
