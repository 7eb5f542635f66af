package io.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The proxy of {@code docs/asyncio-parity.md}, which ends each direction by
 * {@code writeEof}, between clients and servers over every kind of connection.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class ProxyContractTests {

	private static final int LENGTH = 4 * 1024 * 1024;

	private static final byte[] UP = random(1);

	private static final byte[] DOWN = random(2);

	@TempDir
	Path directory;

	private @Nullable TestNetwork network;

	@AfterEach
	void closeNetwork() throws IOException {
		network().close();
	}

	@ParameterizedTest
	@EnumSource
	void allBytesComeBackFromAnEcho(Kind kind) throws Exception {
		open(kind);
		StreamConnection client = connectThroughProxy(kind, (reader, writer) -> {
			for (byte[] data; (data = reader.read(65536)).length > 0;) {
				writer.write(data);
				writer.drain();
			}
		});
		CompletableFuture<?> sent = send(client, UP);
		assertThat(client.reader().read()).isEqualTo(UP);
		sent.get(10, TimeUnit.SECONDS);
		client.close();
	}

	@ParameterizedTest
	@EnumSource
	void bothDirectionsEndByThemselves(Kind kind) throws Exception {
		open(kind);
		CompletableFuture<byte[]> received = new CompletableFuture<>();
		StreamConnection client = connectThroughProxy(kind, (reader, writer) -> {
			CompletableFuture<?> sent = send(writer.connection(), DOWN);
			received.complete(reader.read());
			sent.get(10, TimeUnit.SECONDS);
		});
		CompletableFuture<?> sent = send(client, UP);
		assertThat(client.reader().read()).isEqualTo(DOWN);
		assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(UP);
		sent.get(10, TimeUnit.SECONDS);
		client.close();
	}

	/** Where one side ends both, the question is all that gets through. */
	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TLS_1_2")
	void anAnswerMayFollowTheEndOfTheQuestion(Kind kind) throws Exception {
		open(kind);
		StreamConnection client = connectThroughProxy(kind, (reader, writer) -> {
			assertThat(reader.read()).isEqualTo(UP);
			writer.write(DOWN);
		});
		send(client, UP).get(10, TimeUnit.SECONDS);
		assertThat(client.reader().read()).isEqualTo(DOWN);
		client.close();
	}

	private void open(Kind kind) {
		this.network = new TestNetwork(kind.transport, this.directory).with(kind::secured);
	}

	private TestNetwork network() {
		return java.util.Objects.requireNonNull(this.network, "the test opens it");
	}

	private StreamConnection connectThroughProxy(Kind kind, ConnectionHandler target) throws IOException {
		TestNetwork network = network();
		StreamServer upstreamServer = network.serve(target);
		StreamServer proxy = network.serve((reader, writer) -> {
			try (StreamConnection upstream = network.connect(upstreamServer, kind::secured)) {
				Thread there = Thread.startVirtualThread(() -> {
					try {
						pump(reader, upstream.writer());
					}
					catch (IOException ex) {
						upstream.abort();
					}
				});
				try {
					pump(upstream.reader(), writer);
					there.join();
				}
				catch (IOException | InterruptedException ex) {
					// Closed properly, a half of what the client sends would look like
					// the whole.
					upstream.abort();
					throw ex;
				}
			}
		});
		return network.connect(proxy, kind::secured);
	}

	/** As the page has it. */
	private static void pump(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] data; (data = reader.read(65536)).length > 0;) {
			writer.write(data);
			writer.drain();
		}
		writer.writeEof();
	}

	private static CompletableFuture<?> send(StreamConnection connection, byte[] data) {
		return CompletableFuture.runAsync(() -> {
			try {
				connection.writer().write(data);
				connection.writer().drain();
				connection.writer().writeEof();
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		}, (task) -> Thread.ofVirtual().start(task));
	}

	private static byte[] random(long seed) {
		byte[] bytes = new byte[LENGTH];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	/** What both connections of the proxy are. */
	enum Kind {

		TCP(TransportKind.TCP, null), TCP_CARRIER(TransportKind.TCP_CARRIER, null), UNIX(TransportKind.UNIX, null),
		MEMORY(TransportKind.MEMORY, null), TLS_1_2(TransportKind.TCP, "TLSv1.2"),
		TLS_1_3(TransportKind.TCP, "TLSv1.3"), TLS_1_3_UNIX(TransportKind.UNIX, "TLSv1.3");

		private final TransportKind transport;

		private final @Nullable String version;

		Kind(TransportKind transport, @Nullable String version) {
			this.transport = transport;
			this.version = version;
		}

		private ServerOptions.Builder secured(ServerOptions.Builder options) {
			return (this.version != null) ? options.tls(tls(TlsOptions.builder(TestIdentity.SERVER.context())))
					: options;
		}

		private ConnectOptions.Builder secured(ConnectOptions.Builder options) {
			return (this.version != null) ? options.tls(tls(TlsOptions.builder(TestIdentity.trusting()))) : options;
		}

		private TlsOptions tls(TlsOptions.Builder options) {
			return options.protocols(List.of(java.util.Objects.requireNonNull(this.version)))
				.serverHostname("localhost")
				.build();
		}

	}

}
