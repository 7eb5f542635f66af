package io.streams.spring.actuate;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.streams.PeerText;
import io.streams.transport.TransportInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of a TLS connection agreed on, and what each has shown the other. What a
 * peer has a say in is made printable.
 *
 * @param protocol the version of TLS
 * @param cipher the cipher suite
 * @param applicationProtocol the protocol that was agreed on by ALPN
 * @param requestedName the host name that the client asked for (SNI)
 * @param certificate the own certificate, if one was shown
 * @param peerCertificate the peer's certificate, if it has shown one
 */
public record TlsDescriptor(String protocol, String cipher, @Nullable String applicationProtocol,
		@Nullable String requestedName, @Nullable CertificateDescriptor certificate,
		@Nullable CertificateDescriptor peerCertificate) {

	static @Nullable TlsDescriptor of(TransportInfo info) {
		SSLSession session = info.get(TransportInfo.TLS_SESSION);
		return (session != null) ? of(session, info.get(TransportInfo.APPLICATION_PROTOCOL)) : null;
	}

	static TlsDescriptor of(SSLSession session, @Nullable String applicationProtocol) {
		return new TlsDescriptor(session.getProtocol(), session.getCipherSuite(), printable(applicationProtocol),
				printable(requestedName(session)), CertificateDescriptor.of(session.getLocalCertificates()),
				CertificateDescriptor.of(peerCertificates(session)));
	}

	private static @Nullable String requestedName(SSLSession session) {
		if (!(session instanceof ExtendedSSLSession extended)) {
			return null;
		}
		return extended.getRequestedServerNames()
			.stream()
			.filter(SNIHostName.class::isInstance)
			.map((name) -> ((SNIHostName) name).getAsciiName())
			.findFirst()
			.orElse(null);
	}

	private static Certificate @Nullable [] peerCertificates(SSLSession session) {
		try {
			return session.getPeerCertificates();
		}
		catch (SSLPeerUnverifiedException ex) {
			// It has shown none, which is usual for clients.
			return null;
		}
	}

	private static @Nullable String printable(@Nullable String text) {
		return (text != null) ? PeerText.printable(text) : null;
	}

	/**
	 * A certificate.
	 *
	 * @param subject whose it is
	 * @param issuer who signed it
	 * @param validUntil when it expires
	 */
	public record CertificateDescriptor(String subject, String issuer, Instant validUntil) {

		static @Nullable CertificateDescriptor of(Certificate @Nullable [] chain) {
			List<Certificate> certificates = (chain != null) ? List.of(chain) : List.of();
			return (!certificates.isEmpty() && certificates.get(0) instanceof X509Certificate certificate)
					? of(certificate) : null;
		}

		private static CertificateDescriptor of(X509Certificate certificate) {
			return new CertificateDescriptor(PeerText.printable(certificate.getSubjectX500Principal().getName()),
					PeerText.printable(certificate.getIssuerX500Principal().getName()),
					certificate.getNotAfter().toInstant());
		}

	}

}
