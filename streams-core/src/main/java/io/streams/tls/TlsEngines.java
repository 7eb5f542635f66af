package io.streams.tls;

import java.util.List;
import java.util.regex.Pattern;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import org.jspecify.annotations.Nullable;

/**
 * Makes the JDK's engines after the options.
 */
final class TlsEngines {

	/**
	 * An IP address is verified, but never sent as a server name (RFC 6066, section 3).
	 */
	private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

	private TlsEngines() {
	}

	static SSLEngine server(TlsOptions options) {
		SSLEngine engine = options.context().get().createSSLEngine();
		engine.setUseClientMode(false);
		SSLParameters parameters = parameters(engine, options);
		parameters.setUseCipherSuitesOrder(true);
		switch (options.clientAuthentication()) {
			case NEED -> parameters.setNeedClientAuth(true);
			case WANT -> parameters.setWantClientAuth(true);
			case NONE -> {
			}
		}
		engine.setSSLParameters(parameters);
		return engine;
	}

	static SSLEngine client(TlsOptions options, @Nullable String host, int port) {
		String name = (options.serverHostname() != null) ? options.serverHostname() : host;
		if (options.verifyHostname() && name == null) {
			throw new IllegalArgumentException("You must set serverHostname when using TLS without a host: set it to"
					+ " the name in the server's certificate, or turn verifyHostname off");
		}
		SSLContext context = options.context().get();
		SSLEngine engine = (name != null) ? context.createSSLEngine(name, port) : context.createSSLEngine();
		engine.setUseClientMode(true);
		SSLParameters parameters = parameters(engine, options);
		if (options.verifyHostname()) {
			parameters.setEndpointIdentificationAlgorithm("HTTPS");
		}
		SNIServerName asked = (name != null) ? serverName(name) : null;
		if (asked != null) {
			parameters.setServerNames(List.of(asked));
		}
		engine.setSSLParameters(parameters);
		return engine;
	}

	/**
	 * The name that the server is asked for, by RFC 6066: without the dot at the end of
	 * an absolute name. None for an address, and for a name that no certificate can have;
	 * the verification decides about that.
	 */
	private static @Nullable SNIServerName serverName(String name) {
		String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
		if (ADDRESS.matcher(relative).matches()) {
			return null;
		}
		try {
			return new SNIHostName(relative);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static SSLParameters parameters(SSLEngine engine, TlsOptions options) {
		SSLParameters parameters = engine.getSSLParameters();
		if (!options.protocols().isEmpty()) {
			parameters.setProtocols(options.protocols().toArray(String[]::new));
		}
		if (!options.ciphers().isEmpty()) {
			parameters.setCipherSuites(options.ciphers().toArray(String[]::new));
		}
		parameters.setApplicationProtocols(options.applicationProtocols().toArray(String[]::new));
		return parameters;
	}

}
