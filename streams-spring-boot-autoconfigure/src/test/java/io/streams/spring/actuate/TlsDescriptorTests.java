package io.streams.spring.actuate;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TlsDescriptor}.
 */
class TlsDescriptorTests {

	private static final Instant EXPIRES = Instant.parse("2031-05-06T07:08:09Z");

	private final ExtendedSSLSession session = mock();

	@BeforeEach
	void agree() {
		given(this.session.getProtocol()).willReturn("TLSv1.3");
		given(this.session.getCipherSuite()).willReturn("TLS_AES_256_GCM_SHA384");
		given(this.session.getRequestedServerNames()).willReturn(List.of());
	}

	@Test
	void whatBothHaveShownIsDescribed() throws Exception {
		given(this.session.getRequestedServerNames()).willReturn(List.of(new SNIHostName("gateway.example.org")));
		Certificate[] own = chain("CN=gateway.example.org");
		Certificate[] peers = chain("CN=device 7,O=Example");
		given(this.session.getLocalCertificates()).willReturn(own);
		given(this.session.getPeerCertificates()).willReturn(peers);
		TlsDescriptor described = TlsDescriptor.of(this.session, "mqtt");
		assertThat(described.protocol()).isEqualTo("TLSv1.3");
		assertThat(described.cipher()).isEqualTo("TLS_AES_256_GCM_SHA384");
		assertThat(described.applicationProtocol()).isEqualTo("mqtt");
		assertThat(described.requestedName()).isEqualTo("gateway.example.org");
		assertThat(described.certificate().subject()).isEqualTo("CN=gateway.example.org");
		assertThat(described.peerCertificate())
			.isEqualTo(new TlsDescriptor.CertificateDescriptor("CN=device 7,O=Example", "CN=Example CA", EXPIRES));
	}

	@Test
	void whatNobodyHasShownIsLeftOut() throws Exception {
		given(this.session.getPeerCertificates()).willThrow(new SSLPeerUnverifiedException("none"));
		assertThat(TlsDescriptor.of(this.session, null))
			.isEqualTo(new TlsDescriptor("TLSv1.3", "TLS_AES_256_GCM_SHA384", null, null, null, null));
	}

	@Test
	void wordsOfAPeerAreMadePrintable() throws Exception {
		Certificate[] hostile = chain("CN=\"x\r\nERROR forged \u001b[2J\u202e\"");
		given(this.session.getPeerCertificates()).willReturn(hostile);
		TlsDescriptor described = TlsDescriptor.of(this.session, "a\nb" + "x".repeat(70_000));
		assertThat(described.peerCertificate().subject()).contains("ERROR forged").matches("\\p{Print}+");
		assertThat(described.applicationProtocol()).startsWith("a\\nbxxx").hasSizeLessThan(300);
	}

	private static Certificate[] chain(String subject) {
		X509Certificate certificate = mock();
		given(certificate.getSubjectX500Principal()).willReturn(new X500Principal(subject));
		given(certificate.getIssuerX500Principal()).willReturn(new X500Principal("CN=Example CA"));
		given(certificate.getNotAfter()).willReturn(Date.from(EXPIRES));
		return new Certificate[] { certificate };
	}

}
