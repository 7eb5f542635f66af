package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How many clients a server has at a time.
 */
@Tag("sockets")
class ConnectionLimitTests extends NetworkFixture {

	/** Answers a line with itself. */
	private static final ConnectionHandler ONE_LINE = (reader, writer) -> writer.write(reader.readLine());

	@Test
	void neverHasMoreConnectionsThanItMay() throws IOException {
		int limit = 10;
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.network.with((options) -> options.maxConnections(limit));
		StreamServer server = this.network.serve((reader, writer) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			writer.write(reader.readLine());
			now.decrementAndGet();
		});
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < 3 * limit; i++) {
			clients.add(this.network.connectRaw(server));
		}
		await().until(() -> server.snapshot().activeConnections() == limit);
		await().during(Duration.ofMillis(100)).until(() -> server.snapshot().acceptedConnections() == limit);
		assertThat(server.snapshot().acceptPaused()).isTrue();
		assertThat(this.events.count("acceptPaused")).isOne();

		long started = System.nanoTime();
		for (RawClient client : clients) {
			client.send("me\n");
			assertThat(client.readToEnd()).isEqualTo("me\n");
			client.close();
		}
		Duration perSlot = Duration.ofNanos((System.nanoTime() - started) / clients.size());
		assertThat(perSlot).as("a slot's reuse").isLessThan(Duration.ofMillis(100));
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(most).hasValue(limit);
		assertThat(server.snapshot().acceptPaused()).isFalse();
		assertThat(server.snapshot().acceptedConnections()).isEqualTo(3 * limit);
		assertThat(this.events.count("acceptResumed")).isEqualTo(this.events.count("acceptPaused"));
	}

	@Test
	void anOperatorsPauseIsOnePauseWhateverComesAndGoes() throws Exception {
		StreamServer server = this.network.serve(ONE_LINE);
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			clients.add(this.network.connectRaw(server));
		}
		await().until(() -> server.snapshot().activeConnections() == 5);
		server.pauseAccepting();
		RawClient waiting = this.network.connectRaw(server);
		await().until(() -> this.events.count("acceptPaused") == 1);
		for (RawClient client : clients) {
			client.send("me\n");
			assertThat(client.readToEnd()).isEqualTo("me\n");
			client.close();
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(this.events.count("acceptPaused")).isOne();
		assertThat(this.events.count("acceptResumed")).isZero();
		server.resumeAccepting();
		waiting.send("me too\n");
		assertThat(waiting.readToEnd()).isEqualTo("me too\n");
		assertThat(this.events.count("acceptResumed")).isOne();
	}

	@Test
	void aSlotIsFreeAgainWhateverEndsTheConnection() throws IOException {
		this.network.with((options) -> options.maxConnections(1));
		StreamServer server = this.network.serve(ONE_LINE);
		for (int i = 0; i < 50; i++) {
			RawClient client = this.network.connectRaw(server);
			switch (i % 3) {
				case 0 -> client.reset();
				case 1 -> client.close();
				default -> {
					client.send("x\n");
					assertThat(client.readToEnd()).isEqualTo("x\n");
					client.close();
				}
			}
		}
		await().until(() -> server.snapshot().acceptedConnections() == 50);
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	/** IPv4 clients of a socket for both families count as what they are. */
	@Test
	void noAddressHasMoreConnectionsThanItMay() throws IOException {
		ServerOptions options = this.network.with((each) -> each.maxConnectionsPerAddress(2)).options();
		try (StreamServer server = Streams.startServer(ONE_LINE, null, 0, options)) {
			RawClient first = connectFrom("127.0.0.1", server);
			RawClient second = connectFrom("127.0.0.1", server);
			await().until(() -> server.snapshot().activeConnections() == 2);
			assertThat(endOf(connectFrom("127.0.0.1", server))).isIn("", "reset");
			assertThat(this.events.events("rejected")).extracting(RecordingListener.Event::detail)
				.containsExactly(RejectReason.ADDRESS_LIMIT);
			assertThat(server.snapshot().rejectedConnections()).isOne();

			echo(connectFrom("127.0.0.2", server));
			echo(first);
			await().until(() -> server.snapshot().activeConnections() == 1);
			echo(connectFrom("127.0.0.1", server));
			echo(second);
			await().until(() -> server.snapshot().activeConnections() == 0);
			assertThat(server.snapshot().acceptedConnections()).isEqualTo(4);
		}
	}

	/** How a connection ends on which nothing was sent. */
	private static String endOf(RawClient client) throws IOException {
		try (client) {
			return client.readToEnd();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
			return "reset";
		}
	}

	private static void echo(RawClient client) throws IOException {
		try (client) {
			client.send("me\n");
			assertThat(client.readToEnd()).isEqualTo("me\n");
		}
	}

	private static RawClient connectFrom(String local, StreamServer server) throws IOException {
		SocketChannel channel = SocketChannel.open();
		channel.bind(new InetSocketAddress(local, 0));
		SocketAddress remote = new InetSocketAddress("127.0.0.1", server.port());
		channel.connect(remote);
		return new RawClient(new RawSocket(channel));
	}

}
