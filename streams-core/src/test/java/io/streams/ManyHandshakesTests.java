package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import io.streams.tls.ClientAuthentication;
import io.streams.tls.TestIdentity;
import io.streams.tls.TestTrust;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that connect all at once, with more to compute than the handshake timeout has
 * time for. The wait of a handshake for others does not count for its timeout.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class ManyHandshakesTests {

	private static final int CLIENTS = 100;

	private static final long COMPUTED_NANOS = 30_000_000;

	@Test
	@ExpectedLog(value = "away in the TLS handshake", times = ExpectedLog.ANY)
	void nearlyAllSucceedThoughAllTogetherTakeLongerThanTheTimeout() throws Exception {
		TlsOptions tls = TlsOptions
			.builder(TestIdentity.SERVER.contextWith(new TrustManager[] { new ComputingTrust() }))
			.clientAuthentication(ClientAuthentication.NEED)
			.handshakeTimeout(Duration.ofMillis(700))
			.build();
		ServerOptions options = ServerOptions.builder().transports(TestNetwork.TRANSPORTS).tls(tls).build();
		CountDownLatch start = new CountDownLatch(1);
		try (StreamServer server = Streams.startServer((reader, writer) -> writer.write(reader.readLine()), "127.0.0.1",
				0, options); ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
			InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
			List<Future<Boolean>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(threads.submit(() -> {
					start.await();
					return isServed(address);
				}));
			}
			start.countDown();
			int served = 0;
			for (Future<Boolean> client : clients) {
				served += client.get() ? 1 : 0;
			}
			assertThat(served).isGreaterThanOrEqualTo(CLIENTS * 95 / 100);
		}
	}

	private static boolean isServed(InetSocketAddress address) {
		try (Socket plain = new Socket(address.getAddress(), address.getPort());
				SSLSocket socket = (SSLSocket) TestIdentity.CLIENT.context()
					.getSocketFactory()
					.createSocket(plain, "localhost", address.getPort(), true)) {
			socket.getOutputStream().write("hello\n".getBytes(US_ASCII));
			return new String(socket.getInputStream().readNBytes(6), US_ASCII).equals("hello\n");
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Takes as long for each client as a slow signature. */
	private static final class ComputingTrust extends TestTrust {

		@Override
		protected void verifyClient() {
			long end = System.nanoTime() + COMPUTED_NANOS;
			while (System.nanoTime() - end < 0) {
				Thread.onSpinWait();
			}
		}

	}

}
