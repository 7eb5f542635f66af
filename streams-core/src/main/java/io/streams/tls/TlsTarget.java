package io.streams.tls;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The server that a client speaks TLS with, as the client's user named it.
 *
 * @param text the host and the port, or {@code null} if there is none to name
 * @param names host names that the user gave
 */
record TlsTarget(@Nullable String text, List<String> names) {

	/** The target of a server's connection: its client has no name. */
	static final TlsTarget NONE = new TlsTarget(null, List.of());

	static TlsTarget of(TlsOptions options, @Nullable String host, int port) {
		List<String> names = Stream.of(host, options.serverHostname())
			.filter(Objects::nonNull)
			.map(Objects::requireNonNull)
			.distinct()
			.toList();
		return new TlsTarget((host != null) ? text(host, port) : null, names);
	}

	private static String text(String host, int port) {
		String text = (host.indexOf(':') >= 0) ? "[" + host + "]" : host;
		return (port >= 0) ? text + ":" + port : text;
	}

	/**
	 * Returns an error with the host and the port in its message. The type is that of the
	 * error, which is the cause.
	 */
	IOException named(IOException failure) {
		if (this.text == null) {
			return failure;
		}
		String message = "TLS with " + this.text + " failed: " + failure.getMessage();
		IOException named = switch (failure) {
			case ConnectionTimeoutException timeout -> new ConnectionTimeoutException(message, timeout);
			case ConnectionResetException reset -> new ConnectionResetException(message, reset);
			case ConnectionLostException lost -> new ConnectionLostException(message, lost);
			case SSLHandshakeException handshake -> new SSLHandshakeException(message);
			case SSLPeerUnverifiedException unverified -> new SSLPeerUnverifiedException(message);
			case SSLProtocolException protocol -> new SSLProtocolException(message);
			case SSLException other -> new SSLException(message, other);
			default -> new IOException(message, failure);
		};
		if (named.getCause() == null) {
			named.initCause(failure);
		}
		return named;
	}

}
