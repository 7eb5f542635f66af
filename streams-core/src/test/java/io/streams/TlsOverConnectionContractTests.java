package io.streams;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionClosedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.streams.StreamContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A writer over TLS drops bytes once its connection is over.
 *
 * @see OverConnectionContractTests
 */
@Tag("sockets")
@Timeout(30)
class TlsOverConnectionContractTests extends NetworkFixture {

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void writerThatOutlivesItsHandlerDropsBytes(String version) throws Exception {
		CompletableFuture<StreamWriter> kept = new CompletableFuture<>();
		StreamServer server = this.network.with((options) -> options.tls(SERVER))
			.serve((reader, writer) -> kept.complete(writer));
		StreamConnection client = connect(server, version);
		assertThat(client.reader().read()).isEmpty();
		assertDropsAndTells(kept.get(5, TimeUnit.SECONDS));
		client.close();
		kept.get().waitClosed();
		assertDropsAndTells(kept.get());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void closedConnectionsDropBytesWhetherOrNotTheirWriteSideWasEnded(String version) throws Exception {
		StreamServer server = this.network.with((options) -> options.tls(SERVER))
			.serve((reader, writer) -> reader.read());
		StreamConnection client = connect(server, version);
		if (client.writer().canWriteEof()) {
			client.writer().writeEof();
		}
		client.writer().close();
		await().until(() -> {
			write(client.writer());
			return client.isClosed();
		});
		assertDropsAndTells(client.writer());
		StreamConnection aborted = connect(server, version);
		aborted.abort();
		await().until(() -> {
			write(aborted.writer());
			return aborted.isClosed();
		});
		assertDropsAndTells(aborted.writer());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void connectionThatIsAbortedInItsHandshakeDropsBytes(String version) throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.read());
		StreamConnection client = this.network.connect(server);
		CompletableFuture<Void> upgrade = client.writer()
			.startTlsAsync(TlsOptions.builder(TestIdentity.trusting()).protocols(List.of(version)).build());
		await().until(() -> client.writer().transport().toString().startsWith("TlsTransport"));
		client.abort();
		await().until(() -> {
			write(client.writer());
			return client.isClosed() && upgrade.isDone();
		});
		write(client.writer());
		assertThat(upgrade).isCompletedExceptionally();
	}

	private StreamConnection connect(StreamServer server, String version) throws Exception {
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of(version)).build();
		return this.network.connect(server, (options) -> options.tls(tls));
	}

	private static void assertDropsAndTells(StreamWriter writer) {
		write(writer);
		writer.writeEof();
		assertThatExceptionOfType(ConnectionClosedException.class).isThrownBy(writer::drain);
		assertThat(writer.drainAsync()).isCompletedExceptionally();
	}

	private static void write(StreamWriter writer) {
		writer.write(bytes("x"));
		writer.write(ByteBuffer.allocate(1));
		writer.writeLines(List.of(bytes("x"), bytes("y")));
		writer.flush();
	}

}
