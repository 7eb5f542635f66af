package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionLostException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * One side of TLS ends before the other: from TLS 1.3 on as over TCP, and before as far
 * as the protocol allows.
 */
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class TlsHalfCloseTests extends NetworkFixture {

	private static final int MUCH = 4 * 1024 * 1024;

	/** So long must TLS 1.2 be silent before {@code writeEof} ends both sides. */
	private static final Duration SILENCE = Duration.ofMillis(300);

	@Test
	void writeEofKeepsReadingInTls12() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		StreamServer server = serve((reader, writer) -> {
			assertThat(reader.readExactly(8)).isEqualTo(bytes("question"));
			go.await();
			writer.write(new byte[MUCH]);
			writer.drain();
			assertThat(reader.read()).isEmpty();
		});
		StreamConnection client = connect(server, "TLSv1.2");
		client.writer().write(bytes("question"));
		assertThat(client.writer().canWriteEof()).isFalse();
		client.writer().writeEof();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> client.writer().write(new byte[1]))
			.withMessageContaining("after writeEof()");
		go.countDown();
		assertThat(client.reader().read()).hasSize(MUCH);
		assertThat(client.reader().exception()).isNull();
	}

	@Test
	void theEndIsSentOnceTls12IsSilent() throws Exception {
		StreamServer server = serve((reader, writer) -> {
			for (byte[] data; (data = reader.read(1000)).length > 0;) {
				writer.write(data);
				writer.drain();
			}
		});
		StreamConnection client = connect(server, "TLSv1.2");
		CompletableFuture<byte[]> echo = client.reader().readAsync(-1);
		client.writer().write(new byte[MUCH]);
		client.writer().writeEof();
		assertThat(echo.get()).hasSize(MUCH);
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.HANDLER_FINISHED);
	}

	@Test
	void theEndIsNotSentWhileTheReaderIsBusy() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = serve((reader, writer) -> {
			writer.write(new byte[MUCH]);
			writer.drain();
			writer.write(bytes("the end"));
			done.await();
		});
		StreamConnection client = connect(server, "TLSv1.2");
		client.writer().writeEof();
		await().until(() -> !client.writer().transport().isReading());
		await().pollDelay(SILENCE.multipliedBy(3)).until(() -> true);
		StreamConnection served = server.connections().iterator().next();
		assertThat(served.snapshot().inputEnded()).isFalse();
		assertThat(client.reader().readExactly(MUCH + 7)).endsWith(bytes("the end"));
		await().until(() -> served.snapshot().inputEnded());
		done.countDown();
	}

	/** The answer is lost; both sides have to learn of it. */
	@Test
	void anAnswerAfterThePeersEndFailsOnBothSidesOfTls12() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamServer server = serve((reader, writer) -> {
			assertThat(reader.read()).isEqualTo(bytes("question"));
			writer.write(bytes("answer"));
			writer.close();
			failure.complete(failureOf(writer::waitClosed));
		});
		StreamConnection client = connect(server, "TLSv1.2");
		client.writer().write(bytes("question"));
		client.writer().writeEof();
		assertThatThrownBy(() -> client.reader().read()).isInstanceOf(TlsTruncatedException.class);
		assertThat(failure.get()).isInstanceOf(ConnectionLostException.class)
			.hasMessageContaining("close_notify ended both sides of TLSv1.2")
			.hasMessageContaining("6 bytes");
	}

	@Test
	void bytesQueuedBeforeThePeersEndAreSentInTls12() throws Exception {
		CountDownLatch queued = new CountDownLatch(1);
		this.network.with((options) -> options.sendBuffer(16 * 1024));
		StreamServer server = serve((reader, writer) -> {
			writer.write(new byte[MUCH]);
			queued.countDown();
			assertThat(reader.read()).isEmpty();
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.2")) {
			queued.await();
			peer.tls().shutdownOutput();
			await().until(() -> this.events.count("handlerFinished") == 1);
			assertThat(peer.tls().getInputStream().readAllBytes()).hasSize(MUCH);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
	}

	@Test
	void bothSidesMayEndInTls12() throws Exception {
		StreamServer server = serve((reader, writer) -> {
			writer.write(bytes("from the server"));
			writer.writeEof();
			assertThat(reader.read()).isEqualTo(bytes("from the client"));
			writer.close();
			writer.waitClosed();
		});
		StreamConnection client = connect(server, "TLSv1.2");
		client.writer().write(bytes("from the client"));
		client.writer().writeEof();
		assertThat(client.reader().read()).isEqualTo(bytes("from the server"));
		client.writer().close();
		client.writer().waitClosed();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void writeEofDoesNothingOnAConnectionThatIsOver(String version) throws Exception {
		StreamServer server = serve((reader, writer) -> {
			reader.readExactly(1);
			writer.abort();
		});
		StreamConnection client = connect(server, version);
		client.writer().write(new byte[1]);
		await().until(client::isClosed);
		assertThatNoException().isThrownBy(() -> client.writer().writeEof());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void writeEofDoesNothingWhileTheConnectionCloses(String version) throws Exception {
		StreamServer server = serve((reader, writer) -> assertThat(reader.read()).hasSize(MUCH));
		StreamConnection client = connect(server, version);
		client.writer().write(new byte[MUCH]);
		client.writer().close();
		assertThatNoException().isThrownBy(() -> client.writer().writeEof());
		client.writer().waitClosed();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
	}

	private static Throwable failureOf(Closing closing) {
		try {
			closing.waitClosed();
			return null;
		}
		catch (IOException ex) {
			return ex;
		}
	}

	private StreamServer serve(ConnectionHandler handler) throws IOException {
		TlsOptions options = TlsOptions.builder(TestIdentity.SERVER.context()).build();
		return this.network.with((builder) -> builder.tls(options)).serve(handler);
	}

	private StreamConnection connect(StreamServer server, String version) throws IOException {
		TlsOptions options = TlsOptions.builder(TestIdentity.trusting())
			.protocols(List.of(version))
			.shutdownTimeout(SILENCE)
			.build();
		return this.network.connect(server, (builder) -> builder.tls(options));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
	}

	/** Waits for the end of a connection. */
	@FunctionalInterface
	private interface Closing {

		void waitClosed() throws IOException;

	}

}
