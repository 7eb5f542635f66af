package io.streams.spring.actuate;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.streams.transport.TransportInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of a TLS connection agreed on.
 *
 * @param protocol the version of TLS
 * @param cipher the cipher suite
 * @param applicationProtocol the protocol that was agreed on by ALPN
 * @param peer whose certificate the peer has shown
 */
public record TlsDescriptor(String protocol, String cipher, @Nullable String applicationProtocol,
		@Nullable String peer) {

	static @Nullable TlsDescriptor of(TransportInfo info) {
		SSLSession session = info.get(TransportInfo.TLS_SESSION);
		return (session != null) ? new TlsDescriptor(session.getProtocol(), session.getCipherSuite(),
				info.get(TransportInfo.APPLICATION_PROTOCOL), peerOf(session)) : null;
	}

	private static @Nullable String peerOf(SSLSession session) {
		try {
			return session.getPeerPrincipal().getName();
		}
		catch (SSLPeerUnverifiedException ex) {
			// It has shown none, which is usual for clients.
			return null;
		}
	}

}
