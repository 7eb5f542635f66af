package io.streams.tls;

import java.io.IOException;
import java.security.cert.CertificateException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrintableFailure}.
 */
class PrintableFailureTests {

	@Test
	void whatCanBePrintedIsLeftAlone() {
		IOException failure = new SSLException("plain words", new CertificateException("and why"));
		assertThat(PrintableFailure.of(failure)).isSameAs(failure);
	}

	@Test
	void aMessageIsOneLineOfPlainCharacters() {
		IOException failure = new SSLHandshakeException("a\r\nERROR b\u001b[31m\0\u00e9\u202e");
		assertThat(PrintableFailure.of(failure)).isInstanceOf(SSLHandshakeException.class)
			.hasMessage("a??ERROR b?[31m???");
	}

	@Test
	void aMessageHasAnEnd() {
		IOException failure = new SSLException("x".repeat(1 << 20));
		assertThat(PrintableFailure.of(failure).getMessage()).hasSize(PrintableFailure.MAX_LENGTH).endsWith("xxx...");
	}

	@Test
	void aCauseThatCannotBePrintedIsTold() {
		IOException failure = new SSLException("plain words", new CertificateException("two\nlines"));
		assertThat(PrintableFailure.of(failure)).hasMessage("plain words; CertificateException: two?lines")
			.hasNoCause();
	}

}
