package io.streams;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streams.tls.TestIdentity;
import io.streams.tls.TestTrust;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the reason of a failed TLS handshake, which is in the log and in the
 * exception.
 */
@Tag("sockets")
@Timeout(30)
class HandshakeFailureTests extends NetworkFixture {

	@Test
	void serverLogsWhatItsKeyManagerThrew() throws Exception {
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		Logger logger = (Logger) LoggerFactory.getLogger(StreamServer.class);
		Level level = logger.getLevel();
		logger.setLevel(Level.INFO);
		logger.addAppender(appender);
		try {
			StreamServer server = serve(context(new KeyManager[] { new BrokenKeys() }, null));
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3"));
			await().until(() -> this.events.count("handshakeFinished") == 1);
			assertThat(appender.list).extracting(ILoggingEvent::getFormattedMessage)
				.anyMatch((message) -> message.contains("away in the TLS handshake")
						&& message.contains("IllegalStateException: the key is locked"));
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(level);
		}
	}

	@Test
	void clientIsToldWhatItsTrustManagerThrew() throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context());
		TlsOptions broken = TlsOptions.builder(context(null, new TrustManager[] { new BrokenTrust() })).build();
		assertThatExceptionOfType(SSLException.class)
			.isThrownBy(() -> this.network.connect(server, (options) -> options.tls(broken)))
			.withMessageContaining("IllegalStateException: the trust store is locked")
			.withRootCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void textHasEachReasonOnce() {
		SSLHandshakeException failure = new SSLHandshakeException("(certificate_unknown) no path");
		failure.initCause(new GeneralSecurityException("no path",
				new IllegalStateException("clock is\nwrong", new NullPointerException())));
		assertThat(HandshakeFailureText.of(failure))
			.isEqualTo("(certificate_unknown) no path; IllegalStateException: clock is\\nwrong; NullPointerException");
	}

	private StreamServer serve(SSLContext context) throws IOException {
		return this.network.with((options) -> options.tls(TlsOptions.builder(context).build()))
			.serve((reader, writer) -> reader.read());
	}

	private static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys, trust, null);
		return context;
	}

	private static final class BrokenKeys extends X509ExtendedKeyManager {

		@Override
		public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
			throw new IllegalStateException("the key is locked");
		}

		@Override
		public String[] getClientAliases(String keyType, Principal[] issuers) {
			return null;
		}

		@Override
		public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
			return null;
		}

		@Override
		public String[] getServerAliases(String keyType, Principal[] issuers) {
			return null;
		}

		@Override
		public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
			return null;
		}

		@Override
		public X509Certificate[] getCertificateChain(String alias) {
			return null;
		}

		@Override
		public PrivateKey getPrivateKey(String alias) {
			return null;
		}

	}

	private static final class BrokenTrust extends TestTrust {

		@Override
		protected void verifyServer() {
			throw new IllegalStateException("the trust store is locked");
		}

	}

}
