package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.streams.buffer.SegmentPool;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Clients that mean no handshake, against a server of this library and against the JDK's
 * own {@code SSLServerSocket}: where that one sees through them at once and says so with
 * an alert, so does this one. Where it goes on listening, this one ends it at the
 * handshake's deadline. In no case is what was sent kept.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class TlsHostileHandshakeTests {

	private static final Duration DEADLINE = Duration.ofMillis(1500);

	/** What a server holds of one client: a record that is not whole, and its chunk. */
	private static final int MAX_SEGMENTS = 16;

	/**
	 * What the JDK's engine says to a first record that is none of TLS, where its socket
	 * says {@code unexpected_message}.
	 */
	private static final int INTERNAL_ERROR = 80;

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context()).handshakeTimeout(DEADLINE).build();
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(this.events).tls(tls));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@ParameterizedTest
	@MethodSource("attacks")
	void endsAtOnceWhereTheJdkDoesAndElseAtTheDeadline(Attack attack) throws Exception {
		CompletableFuture<Outcome> other = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> other.completeAsync(() -> againstTheJdk(attack), Runnable::run));
		StreamServer server = this.network.serve((reader, writer) -> reader.read());
		long segments = SegmentPool.segmentsInUse();
		AtomicInteger most = new AtomicInteger();
		Outcome ours;
		long began = System.nanoTime();
		try (Client client = new Client(server.port(), attack)) {
			await().until(() -> {
				most.accumulateAndGet((int) (SegmentPool.segmentsInUse() - segments), Math::max);
				return this.events.count("handshakeFinished") == 1;
			});
			ours = client.outcome(DEADLINE.plusSeconds(1));
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plusSeconds(1));
		}
		assertThat(most).hasValueLessThanOrEqualTo(MAX_SEGMENTS);
		assertThat(this.events.count("opened")).isZero();
		HandshakeOutcome told = (HandshakeOutcome) this.events.events("handshakeFinished").getFirst().detail();
		Outcome jdk = other.get(10, TimeUnit.SECONDS);
		assertThat(told).isIn(HandshakeOutcome.FAILED, HandshakeOutcome.TIMED_OUT);
		if (jdk.ended()) {
			assertThat(told).isEqualTo(HandshakeOutcome.FAILED);
			assertThat(ours.ended()).isTrue();
			assertThat(ours.alert()).isIn(jdk.alert(), (jdk.alert() >= 0) ? INTERNAL_ERROR : -1);
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	static Stream<Arguments> attacks() throws Exception {
		byte[] hello = TlsServerTests.hello();
		byte[] message = Arrays.copyOfRange(hello, 5, hello.length);
		byte[] changeCipherSpec = record(20, new byte[] { 1 });
		byte[] warning = record(21, new byte[] { 1, 90 });
		byte[] empty = record(22, new byte[0]);
		byte[] emptyData = record(23, new byte[0]);
		byte[] claim = new byte[] { 1, -1, -1, -1 };
		byte[] longHello = longHello();
		return Stream
			.of(new Attack("a message of 16 MiB, claimed in 9 bytes", record(22, claim)),
					new Attack("a message of 16 MiB that is sent", record(22, claim), record(22, new byte[16 * 1024])),
					new Attack("a message of 16 MiB in pieces of a byte", record(22, claim), record(22, new byte[1])),
					new Attack("a message of 31 KiB that stops short", longHello),
					new Attack("a hello in records of a byte", inRecordsOfAByte(message)),
					new Attack("a hello in records of a byte, without its end",
							inRecordsOfAByte(Arrays.copyOf(message, message.length - 1))),
					new Attack("a hello that never ends", Pace.SLOW, new byte[0], hello),
					new Attack("records of a byte that never end", Pace.SLOW, record(22, claim(message.length)),
							record(22, new byte[1])),
					new Attack("ChangeCipherSpec for ever", new byte[0], changeCipherSpec),
					new Attack("ChangeCipherSpec for ever, after a hello", hello, changeCipherSpec),
					new Attack("warnings for ever", new byte[0], warning),
					new Attack("warnings for ever, after a hello", hello, warning),
					new Attack("empty records for ever", new byte[0], empty),
					new Attack("empty records for ever, after a hello", hello, empty),
					new Attack("empty records for ever, after half a hello",
							record(22, Arrays.copyOf(message, message.length / 2)), empty),
					new Attack("empty data for ever", new byte[0], emptyData),
					new Attack("empty data for ever, after a hello", hello, emptyData),
					new Attack("one hello after the other", new byte[0], hello),
					new Attack("requests for a hello", new byte[0], record(22, new byte[16 * 1024])),
					new Attack("data for ever, after a hello", hello, record(23, new byte[16 * 1024])),
					new Attack("heartbeats", new byte[0], record(24, new byte[] { 1, 0, 16 })))
			.map((attack) -> argumentSet(attack.name, attack));
	}

	/** Each is kept by the JDK's engine, up to 32 KiB, until its time is up. */
	@Test
	void manyHellosThatStopShortOfTheLongestAreHeldCheaply() throws Exception {
		int clients = 300;
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context()).build();
		StreamServer server = this.network
			.with((options) -> options.tls(tls).maxHandshakes(clients + 1).backlog(clients))
			.serve((reader, writer) -> reader.read());
		List<SocketChannel> channels = new ArrayList<>();
		long segments = SegmentPool.segmentsInUse();
		long before = heapInUse();
		for (int i = 0; i < clients; i++) {
			channels.add(SocketChannel.open(server.addresses().getFirst()));
			ByteBuffer hello = ByteBuffer.wrap(longHello());
			while (hello.hasRemaining()) {
				channels.getLast().write(hello);
			}
		}
		await().until(() -> server.snapshot().activeConnections() == clients);
		await().until(() -> SegmentPool.segmentsInUse() == segments);
		assertThat((heapInUse() - before) / clients).isLessThan(64 * 1024);
		for (SocketChannel channel : channels) {
			channel.close();
		}
		await().until(() -> this.events.count("rejected") == clients);
	}

	private static long heapInUse() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static byte[] record(int type, byte[] content) {
		byte[] record = new byte[5 + content.length];
		record[0] = (byte) type;
		record[1] = 3;
		record[2] = (byte) ((type == 22) ? 1 : 3);
		record[3] = (byte) (content.length >> 8);
		record[4] = (byte) content.length;
		System.arraycopy(content, 0, record, 5, content.length);
		return record;
	}

	/** The beginning of a hello of some length. */
	private static byte[] claim(int length) {
		return new byte[] { 1, 0, (byte) (length >> 8), (byte) length };
	}

	private static byte[] inRecordsOfAByte(byte[] message) {
		ByteArrayOutputStream records = new ByteArrayOutputStream();
		for (byte b : message) {
			records.writeBytes(record(22, new byte[] { b }));
		}
		return records.toByteArray();
	}

	/** All but the last bytes of a hello that is as long as the JDK takes one. */
	private static byte[] longHello() {
		ByteArrayOutputStream records = new ByteArrayOutputStream();
		records.writeBytes(record(22, claim(31 * 1024)));
		records.writeBytes(record(22, new byte[16 * 1024]));
		records.writeBytes(record(22, new byte[14 * 1024]));
		return records.toByteArray();
	}

	private static Outcome againstTheJdk(Attack attack) {
		try (SSLServerSocket server = (SSLServerSocket) TestIdentity.SERVER.context()
			.getServerSocketFactory()
			.createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread accepting = Thread.ofVirtual().start(() -> {
				try (SSLSocket socket = (SSLSocket) server.accept()) {
					socket.setSoTimeout((int) DEADLINE.toMillis() * 2);
					socket.startHandshake();
				}
				catch (IOException ex) {
					assertThat(server.isBound()).isTrue();
				}
			});
			try (Client client = new Client(server.getLocalPort(), attack)) {
				return client.outcome(DEADLINE);
			}
			finally {
				accepting.join(Duration.ofSeconds(10));
			}
		}
		catch (IOException | InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** How fast a client sends. */
	private enum Pace {

		FAST, SLOW

	}

	/**
	 * What a client sends.
	 *
	 * @param name what it is
	 * @param pace how fast
	 * @param head what it sends once
	 * @param tail what it sends again and again, if anything
	 */
	private record Attack(String name, Pace pace, byte[] head, byte[] tail) {

		Attack(String name, byte[] head, byte[] tail) {
			this(name, Pace.FAST, head, tail);
		}

		Attack(String name, byte[] head) {
			this(name, head, new byte[0]);
		}

		/** The tail so often that a segment of TCP is full. */
		byte[] burst() {
			ByteArrayOutputStream burst = new ByteArrayOutputStream();
			while (this.tail.length > 0 && burst.size() < 1400) {
				burst.writeBytes(this.tail);
			}
			return burst.toByteArray();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * What came of it.
	 *
	 * @param ended whether the server ended the connection in the time that it was given
	 * @param alert the alert that it sent in plain, or -1
	 */
	private record Outcome(boolean ended, int alert) {
	}

	/** Sends what the attack says, and reads what comes back, both until the end. */
	private static final class Client implements AutoCloseable {

		private final SocketChannel channel;

		private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

		private final CompletableFuture<byte[]> received = new CompletableFuture<>();

		Client(int port, Attack attack) throws IOException {
			this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			Thread.ofVirtual().start(this::receive);
			if (attack.pace == Pace.SLOW) {
				drip(attack);
			}
			else {
				Thread.ofVirtual().start(() -> flood(attack));
			}
		}

		private void flood(Attack attack) {
			try {
				send(attack.head);
				byte[] burst = attack.burst();
				while (burst.length > 0) {
					send(burst);
				}
			}
			catch (IOException ex) {
				// The server has had enough; or the test.
				assertThat(ex).isNotNull();
			}
		}

		/** Sends a byte, or a record of one, now and then. */
		private void drip(Attack attack) throws IOException {
			send(attack.head);
			AtomicInteger next = new AtomicInteger();
			boolean records = attack.head.length > 0;
			this.clock.scheduleAtFixedRate(() -> {
				int i = next.getAndIncrement() % attack.tail.length;
				try {
					send(records ? attack.tail : new byte[] { attack.tail[i] });
				}
				catch (IOException ex) {
					this.clock.shutdown();
				}
			}, 0, 20, TimeUnit.MILLISECONDS);
		}

		private void send(byte[] bytes) throws IOException {
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			while (buffer.hasRemaining()) {
				this.channel.write(buffer);
			}
		}

		private void receive() {
			ByteArrayOutputStream all = new ByteArrayOutputStream();
			ByteBuffer chunk = ByteBuffer.allocate(16 * 1024);
			try {
				while (this.channel.read(chunk.clear()) >= 0) {
					all.write(chunk.array(), 0, chunk.position());
				}
			}
			catch (IOException ex) {
				// A reset is an end as well.
				assertThat(ex).isNotNull();
			}
			this.received.complete(all.toByteArray());
		}

		Outcome outcome(Duration patience) throws InterruptedException, ExecutionException {
			try {
				byte[] bytes = this.received.get(patience.toMillis(), TimeUnit.MILLISECONDS);
				boolean alert = bytes.length == 7 && bytes[0] == 21;
				return new Outcome(true, alert ? bytes[6] : -1);
			}
			catch (TimeoutException ex) {
				return new Outcome(false, -1);
			}
		}

		@Override
		public void close() throws IOException {
			this.clock.shutdownNow();
			this.channel.close();
		}

	}

}
