package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that take all slots for TLS handshakes and do not go on, and come back when
 * they are closed. Others get in all the same.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class HandshakeSlotsTests {

	private static final int SLOTS = 64;

	private static final int ATTACKERS = 80;

	private final AtomicBoolean over = new AtomicBoolean();

	@ParameterizedTest
	@EnumSource(Attack.class)
	@ExpectedLog(value = "away in the TLS handshake", times = ExpectedLog.ANY)
	void othersGetInWhileAllSlotsAreHeld(Attack attack) throws Exception {
		try (StreamServer server = server(); ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
			InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
			for (int i = 0; i < ATTACKERS; i++) {
				attackers.execute(() -> attack(attack, address));
			}
			await().atMost(Duration.ofSeconds(10)).until(() -> server.snapshot().acceptPaused());
			try {
				for (int i = 0; i < 5; i++) {
					long began = System.nanoTime();
					echo(address);
					assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
				}
			}
			finally {
				this.over.set(true);
				server.close();
				server.abortClients();
			}
		}
	}

	/** Slots are taken back only when others wait. */
	@Test
	@ExpectedLog(value = "away in the TLS handshake", times = ExpectedLog.ANY)
	void aSilentPeerKeepsItsSlotWhileThereAreOthers() throws Exception {
		try (StreamServer server = server();
				Socket silent = new Socket("127.0.0.1",
						((InetSocketAddress) server.addresses().getFirst()).getPort())) {
			silent.setSoTimeout(1500);
			echo((InetSocketAddress) server.addresses().getFirst());
			await().during(Duration.ofMillis(1200))
				.atMost(Duration.ofSeconds(3))
				.until(() -> server.snapshot().activeConnections() == 1);
			server.abortClients();
		}
	}

	private static StreamServer server() throws IOException {
		ServerOptions options = ServerOptions.builder()
			.transports(TestNetwork.TRANSPORTS)
			.maxHandshakes(SLOTS)
			.tls(TlsOptions.builder(TestIdentity.SERVER.context()).handshakeTimeout(Duration.ofSeconds(50)).build())
			.build();
		return Streams.startServer((reader, writer) -> {
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				writer.write(line);
				writer.drain();
			}
		}, "127.0.0.1", 0, options);
	}

	private static void echo(InetSocketAddress address) throws IOException {
		ConnectOptions options = ConnectOptions.builder()
			.transports(TestNetwork.TRANSPORTS)
			.tls(TlsOptions.builder(TestIdentity.trusting()).build())
			.timeout(Duration.ofSeconds(30))
			.build();
		try (StreamConnection connection = Streams.openConnection("localhost", address.getPort(), options)) {
			connection.writer().write("hello\n".getBytes(US_ASCII));
			connection.writer().drain();
			assertThat(connection.reader().readLine()).asString(US_ASCII).isEqualTo("hello\n");
		}
	}

	private void attack(Attack attack, InetSocketAddress address) {
		Random random = new Random();
		while (!this.over.get()) {
			try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
				attack.play(socket, random);
			}
			catch (IOException ex) {
				// It comes again.
			}
		}
	}

	private enum Attack {

		SILENT {
			@Override
			void play(Socket socket, Random random) throws IOException {
				socket.getInputStream().readAllBytes();
			}
		},

		/** A byte of a ClientHello now and then. */
		TRICKLING {
			@Override
			void play(Socket socket, Random random) throws IOException {
				byte[] hello = clientHello();
				socket.setSoTimeout(50 + random.nextInt(100));
				for (byte each : hello) {
					socket.getOutputStream().write(each);
					if (isEnded(socket)) {
						return;
					}
				}
			}
		},

		/** A whole ClientHello, and then nothing. */
		HELLO {
			@Override
			void play(Socket socket, Random random) throws IOException {
				socket.getOutputStream().write(clientHello());
				socket.getInputStream().readAllBytes();
			}
		};

		abstract void play(Socket socket, Random random) throws IOException;

		/** Waits for a moment. */
		static boolean isEnded(Socket socket) throws IOException {
			try {
				return socket.getInputStream().read() < 0;
			}
			catch (SocketTimeoutException ex) {
				return false;
			}
		}

		static byte[] clientHello() throws SSLException {
			SSLEngine engine = TestIdentity.CLIENT.context().createSSLEngine();
			engine.setUseClientMode(true);
			engine.beginHandshake();
			ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
			engine.wrap(ByteBuffer.allocate(0), record);
			byte[] hello = new byte[record.flip().remaining()];
			record.get(hello);
			return hello;
		}

	}

}
