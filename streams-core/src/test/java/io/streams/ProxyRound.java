package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * An upload through the proxy of {@code docs/asyncio-parity.md}, while the proxy stops,
 * its client resets, or nothing happens. The upstream sees a proper end only after the
 * whole upload.
 */
final class ProxyRound extends PropertyRound {

	private static final int ANSWER_BYTES = 8;

	private final long seed;

	private final Disturbance disturbance;

	private final int total;

	/** Bytes of the upload after which the disturbance comes. */
	private final int disturbedAfter;

	private final Duration grace;

	/** The upstream stops reading there, until the disturbance is over. */
	private final boolean upstreamStalls;

	private final PatternBytes pattern;

	private final CountDownLatch disturbed = new CountDownLatch(1);

	private final CompletableFuture<Boolean> connected = new CompletableFuture<>();

	private final CountDownLatch goOn = new CountDownLatch(1);

	/** Written by the upstream's thread. */
	private volatile long stored;

	private volatile boolean upstreamSawEnd;

	private volatile @Nullable IOException upstreamFailure;

	/** Written by the client's thread. */
	private volatile boolean clientEnded;

	ProxyRound(Random random, Path directory) {
		super(PropertyKind.random(random), directory);
		this.seed = random.nextLong();
		Disturbance disturbance = pick(random, Disturbance.values());
		// A Unix socket cannot be reset: its close looks like the end of the upload.
		this.disturbance = (this.kind == PropertyKind.UNIX && disturbance == Disturbance.RESET) ? Disturbance.NONE
				: disturbance;
		this.total = 1000 + this.kind.transport().scaled(random.nextInt(2_000_000));
		this.disturbedAfter = random.nextInt(this.total);
		this.grace = pick(random, new Duration[] { Duration.ZERO, Duration.ofMillis(100), Duration.ofSeconds(10) });
		this.upstreamStalls = random.nextInt(3) == 0;
		this.pattern = new PatternBytes(this.seed, 100);
	}

	@Override
	public String toString() {
		return "proxy over " + this.kind + ", upload of " + this.total + " bytes, " + this.disturbance + " after "
				+ this.disturbedAfter + (this.upstreamStalls ? ", upstream stalls" : "") + ", grace " + this.grace;
	}

	@Override
	void play() throws Exception {
		this.network.with((options) -> options.quietPeriod(Duration.ofMillis(200)).tls(this.kind.tls(PATIENCE)));
		try (ServerSocketChannel listener = ServerSocketChannel.open()) {
			listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
			StreamServer proxy = this.network.serve((reader, writer) -> proxy(reader, writer, port));
			PropertyPeer peer = connect(proxy, 0);
			Future<?> storing = this.threads.submit(() -> {
				store(listener);
				return null;
			});
			Future<?> uploading = this.threads.submit(() -> upload(peer));
			this.disturbed.await();
			// A stop may also come before the handler has begun.
			ended("the connection to the upstream", this.connected);
			disturb(proxy, peer);
			this.goOn.countDown();
			ended("the client", uploading);
			ended("the upstream", storing);
			check();
		}
	}

	/** As the page has it. */
	private void proxy(StreamReader reader, StreamWriter writer, int target) throws Exception {
		ConnectOptions options = ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build();
		try (StreamConnection upstream = Streams.openConnection("127.0.0.1", target, options)) {
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
				// Closed properly, a half of what the client sends would look like the
				// whole.
				upstream.abort();
				throw ex;
			}
		}
	}

	private static void pump(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] data; (data = reader.read(65536)).length > 0;) {
			writer.write(data);
			writer.drain();
		}
		writer.writeEof();
	}

	private void disturb(StreamServer proxy, PropertyPeer peer) throws Exception {
		switch (this.disturbance) {
			case STOP -> ended("the stop", this.threads.submit(() -> proxy.stop(this.grace)));
			case RESET -> peer.reset();
			case ABORT -> proxy.connections().forEach(StreamConnection::abort);
			case CLOSE -> proxy.closeClients();
			case NONE -> {
				// All goes well.
			}
		}
	}

	private void upload(PropertyPeer peer) {
		Random random = new Random(this.seed);
		try {
			while (peer.sent() < this.total) {
				int left = (int) (this.total - peer.sent());
				peer.send(this.pattern, Math.min(left, PropertyPeer.randomPiece(random, 30_000)));
				if (peer.sent() >= this.disturbedAfter) {
					this.disturbed.countDown();
				}
				if (random.nextInt(20) == 0) {
					pace(random.nextInt(10_000));
				}
			}
			this.clientEnded = true;
			peer.end();
			peer.receiveRest();
		}
		catch (IOException ex) {
			// The proxy has closed the connection.
		}
		finally {
			this.disturbed.countDown();
		}
	}

	private void store(ServerSocketChannel listener) throws IOException, InterruptedException {
		try (SocketChannel channel = listener.accept()) {
			this.connected.complete(true);
			ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
			for (int n; (n = channel.read(buffer.clear())) >= 0;) {
				if (this.pattern.mismatch(this.stored, buffer.array(), n) >= 0) {
					throw broken("wrong byte", "the upstream got a wrong byte after " + this.stored);
				}
				this.stored += n;
				if (this.upstreamStalls && this.stored >= this.disturbedAfter) {
					this.goOn.await();
				}
			}
			this.upstreamSawEnd = true;
			channel.write(ByteBuffer.allocate(ANSWER_BYTES));
		}
		catch (IOException ex) {
			this.upstreamFailure = ex;
		}
	}

	private void check() {
		String seen = "the upstream stored " + this.stored + " of " + this.total + " bytes, then "
				+ (this.upstreamSawEnd ? "a proper end" : this.upstreamFailure) + "; the client "
				+ (this.clientEnded ? "ended" : "did not end");
		if (this.upstreamSawEnd && (this.stored < this.total || !this.clientEnded)) {
			throw broken("a part passes for the whole at an upload through a proxy and " + this.disturbance, seen);
		}
		if (this.disturbance == Disturbance.NONE && this.stored < this.total) {
			throw broken("an upload through a proxy is cut", seen);
		}
	}

	private enum Disturbance {

		STOP, RESET, ABORT, CLOSE, NONE

	}

}
