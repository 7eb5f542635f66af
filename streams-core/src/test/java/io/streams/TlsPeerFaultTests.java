package io.streams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Peers that break TLS. Their handlers are disconnected, as by a reset, and have not
 * failed. {@link StreamsInvariants} shows that nothing is logged at WARN or above.
 */
@Timeout(30)
class TlsPeerFaultTests extends NetworkFixture {

	private static final int HELLOS = 150;

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	@BeforeEach
	void closeWithoutLinger() {
		this.network.with((options) -> options.lingerTimeout(Duration.ZERO));
	}

	@ParameterizedTest
	@MethodSource("recordsAndHandlers")
	void brokenRecordIsThePeersFault(String version, byte[] record, ConnectionHandler handler) throws Exception {
		StreamServer server = this.network.with((options) -> options.tls(SERVER)).serve(handler);
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			peer.plain().getOutputStream().write(record);
			assertPeersFault();
		}
	}

	static Stream<Arguments> recordsAndHandlers() {
		byte[] broken = record(23, new Random(18).ints(180).toArray());
		ConnectionHandler read = (reader, writer) -> reader.read();
		List<Case> cases = List.of(new Case("data that does not decrypt", broken, read),
				new Case("too short a record", record(23, 1, 2), read),
				new Case("plain handshake", record(22, 1, 2, 3), read),
				new Case("plain alert", record(21, 2, 40), read),
				new Case("a type that does not exist", record(99, 1, 2, 3, 4, 5, 6), read),
				new Case("HTTP", "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), read),
				new Case("broken data for readLine", broken, (reader, writer) -> reader.readLine()),
				new Case("broken data for readAsync", broken, (reader, writer) -> reader.readAsync().join()));
		return Stream.of("TLSv1.2", "TLSv1.3")
			.flatMap((version) -> cases.stream()
				.map((each) -> argumentSet(version + ", " + each.name, version, each.record, each.handler)));
	}

	@Test
	void brokenRecordIsThePeersFaultForAsynchronousHandlers() throws Exception {
		StreamServer server = this.network.with((options) -> options.tls(SERVER))
			.serveAsync((reader, writer) -> reader.readExactlyAsync(10));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			peer.plain().getOutputStream().write(record(23, new int[100]));
			assertPeersFault();
		}
	}

	/** A drain has no bytes of the peer, and learns of the failure all the same. */
	@Test
	void brokenRecordIsThePeersFaultForDrain() throws Exception {
		this.network.with((options) -> options.sendBuffer(16 * 1024));
		StreamServer server = this.network.with((options) -> options.tls(SERVER)).serve((reader, writer) -> {
			while (true) {
				writer.write(new byte[64 * 1024]);
				writer.drain();
			}
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			await().until(() -> this.events.count("drainStarted") > 0);
			peer.plain().getOutputStream().write(record(23, new int[100]));
			this.threads.execute(() -> readAll(peer));
			assertPeersFault();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n\r\n", "EHLO peer\r\n", "\0\0\0\0\0\0\0\0",
			"\u0016\u0003\u0001\u0000\u0002zzzzzzzzzzz", "\u0015\u0003\u0003\u0000\u0002\u0002\u0028" })
	void rubbishAfterStartTlsIsThePeersFault(String rubbish) throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.startTls(SERVER);
		});
		RawClient client = this.network.connectRaw(server);
		client.send("STARTTLS\n");
		client.send(rubbish.getBytes(StandardCharsets.ISO_8859_1));
		assertPeersFault();
	}

	/** Each hello has some bytes that are wrong, or is cut off, at random. */
	@Test
	void noHelloAfterStartTlsIsTheHandlersFailure() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.startTls(SERVER);
			reader.read();
		});
		long seed = System.nanoTime();
		Random random = new Random(seed);
		byte[] hello = TlsServerTests.hello();
		for (int i = 1; i <= HELLOS; i++) {
			byte[] changed = Arrays.copyOf(hello, hello.length - random.nextInt(2) * random.nextInt(hello.length));
			for (int change = random.nextInt(8); change >= 0 && changed.length > 0; change--) {
				// Mostly of the message, because a wrong header ends the handshake at
				// once.
				changed[Math.min(5 + random.nextInt(hello.length), changed.length - 1)] = (byte) random.nextInt();
			}
			RawClient client = this.network.connectRaw(server);
			client.send("STARTTLS\n");
			client.send(changed);
			client.shutdownOutput();
			int count = i;
			await().until(() -> this.events.count("handlerFinished") == count);
			client.close();
		}
		assertThat(this.events.events("handlerFinished")).as("seed %d", seed)
			.extracting(RecordingListener.Event::detail)
			.containsOnly(HandlerOutcome.DISCONNECTED);
	}

	/** The handler's own connection is whole; the failure is that of its upstream. */
	@Test
	@ExpectedLog("no path to the upstream")
	void tlsFailureOfAnotherConnectionIsTheHandlersFailure() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			throw new SSLHandshakeException("no path to the upstream");
		});
		this.network.connectRaw(server).send("x\n");
		await().until(() -> this.events.count("handlerFinished") == 1);
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FAILED);
	}

	@Test
	@ExpectedLog("There is no context for the TLS handshake")
	void missingContextIsTheHandlersFailure() throws Exception {
		TlsOptions none = TlsOptions.builder(() -> {
			throw new IllegalStateException("no context today");
		}).build();
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.startTls(none);
		});
		this.network.connectRaw(server).send("x\n");
		await().until(() -> this.events.count("handlerFinished") == 1);
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FAILED);
	}

	/**
	 * The JDK's server says {@code handshake_failure} too when the JVM's property
	 * refuses.
	 */
	@Test
	void renegotiationIsRefusedWithFatalAlert() throws Exception {
		StreamServer server = this.network.with((options) -> options.tls(SERVER))
			.serve((reader, writer) -> reader.readLine());
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.2")) {
			assertThatThrownBy(() -> {
				peer.tls().startHandshake();
				peer.readLine();
			}).isInstanceOf(SSLException.class).hasMessageContaining("handshake_failure");
		}
		assertPeersFault();
		assertThat(this.events.events("closed").getFirst().cause()).hasMessageContaining("renegotiation");
	}

	@Test
	void clientRefusesRenegotiationWithFatalAlert() throws Exception {
		CompletableFuture<Throwable> seen = new CompletableFuture<>();
		try (var listening = TestIdentity.SERVER.context().getServerSocketFactory().createServerSocket(0)) {
			this.threads.execute(() -> {
				try (var socket = (javax.net.ssl.SSLSocket) listening.accept()) {
					socket.startHandshake();
					socket.getOutputStream().write('x');
					socket.getInputStream().read();
					socket.startHandshake();
					socket.getInputStream().read();
					seen.complete(null);
				}
				catch (IOException ex) {
					seen.complete(ex);
				}
			});
			TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of("TLSv1.2")).build();
			try (StreamConnection client = Streams.openConnection("localhost", listening.getLocalPort(),
					ConnectOptions.builder().tls(tls).transports(TestNetwork.TRANSPORTS).build())) {
				client.reader().readExactly(1);
				client.writer().write(new byte[1]);
				assertThatThrownBy(() -> client.reader().read()).isInstanceOf(SSLException.class)
					.hasMessageContaining("renegotiation");
			}
			assertThat(seen.get()).isInstanceOf(SSLException.class).hasMessageContaining("handshake_failure");
		}
	}

	private static void readAll(TlsPeer peer) {
		try {
			peer.plain().getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			assertThat(peer.plain().isConnected()).isTrue();
		}
	}

	private void assertPeersFault() {
		await().until(() -> this.events.count("handlerFinished") == 1 && this.events.count("closed") == 1);
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.DISCONNECTED);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.TLS_ERROR);
		assertThat(this.events.count("failed")).isZero();
	}

	private static byte[] record(int type, int... content) {
		byte[] record = new byte[5 + content.length];
		record[0] = (byte) type;
		record[1] = 3;
		record[2] = 3;
		record[3] = (byte) (content.length >> 8);
		record[4] = (byte) content.length;
		for (int i = 0; i < content.length; i++) {
			record[5 + i] = (byte) content[i];
		}
		return record;
	}

	/**
	 * A record for a handler.
	 *
	 * @param name of the case
	 * @param record the bytes of the peer
	 * @param handler how the handler reads
	 */
	private record Case(String name, byte[] record, ConnectionHandler handler) {
	}

}
