package io.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.PatternReader.Ending;
import io.streams.ReceivingPlan.LocalEnd;
import io.streams.ReceivingPlan.PeerEnd;
import io.streams.ReceivingPlan.Release;

/**
 * A client sends and ends, or the server ends; the handler reads to the end. The handler
 * reads all bytes, in order, that the server's kernel had received before the end. Only
 * the peer's proper end looks like one.
 */
final class ReceivingRound extends PropertyRound {

	private static final Duration LONG = Duration.ofSeconds(30);

	/** Bytes that the handler sends first; a client that leaves them unread resets. */
	private static final int GREETING = 10;

	private final ReceivingPlan plan;

	private final PatternBytes pattern;

	private final CompletableFuture<StreamConnection> connected = new CompletableFuture<>();

	/** Opened when a busy handler goes on. */
	private final CountDownLatch released = new CountDownLatch(1);

	private final CompletableFuture<Ending> ending = new CompletableFuture<>();

	private volatile PatternReader reader;

	/** Bytes that the server's kernel had at the end, at least. */
	private volatile long delivered;

	ReceivingRound(Random random, Path directory) {
		this(new ReceivingPlan(random), directory);
	}

	private ReceivingRound(ReceivingPlan plan, Path directory) {
		super(plan.kind, directory);
		this.plan = plan;
		this.pattern = new PatternBytes(plan.seed, plan.line);
	}

	@Override
	public String toString() {
		return this.plan.toString();
	}

	@Override
	String state() {
		return "handler: " + this.reader + ", delivered " + this.delivered + ", " + super.state();
	}

	@Override
	void play() throws Exception {
		boolean idle = this.plan.localEnd == LocalEnd.IDLE_TIMEOUT;
		this.network.with((options) -> options.idleTimeout(idle ? ReceivingPlan.SILENCE : null)
			.halfClosedTimeout(LONG)
			.closeTimeout(LONG)
			.lingerTimeout(Duration.ofMillis(100))
			.receiveBuffer(this.plan.receiveBuffer));
		this.network.with((options) -> options.limit(this.plan.limit)
			.quietPeriod(ReceivingPlan.QUIET)
			.tls(this.kind.tls(Duration.ofSeconds(1))));
		StreamServer server = this.network.serve(this::handle);
		PropertyPeer peer = connect(server, 0);
		Future<?> sending = this.threads.submit(() -> {
			send(peer);
			return null;
		});
		StreamConnection connection = ended("the accept", this.connected);
		awaitSentOrStuck(peer, sending);
		Future<?> stopping = end(server, connection, peer, sending);
		release(connection);
		Ending how = ended("the handler", this.ending);
		new ReceivingCheck(this.plan, peer.offered(), this.delivered).check(how, this.reader.taken());
		if (stopping != null) {
			ended("the stop", stopping);
		}
	}

	private void handle(StreamReader input, StreamWriter writer) {
		try {
			StreamConnection connection = writer.connection();
			Random random = new Random(this.plan.seed);
			this.reader = new PatternReader(connection, this.pattern, random, this.plan.readKind);
			if (this.plan.peerEnd == PeerEnd.CLOSE_UNREAD) {
				writer.write(new byte[GREETING]);
				writer.drain();
			}
			if (this.plan.held) {
				connection.pauseReading();
			}
			this.connected.complete(connection);
			if (this.plan.localEnd == LocalEnd.READ_TIMEOUT) {
				input.setReadTimeout(ReceivingPlan.SILENCE);
			}
			this.ending.complete(read());
		}
		catch (Throwable ex) {
			this.ending.completeExceptionally(ex);
		}
	}

	private Ending read() throws IOException {
		Ending how = null;
		if (this.plan.release != Release.NOT_BUSY) {
			how = this.reader.read(this.plan.busyAfter);
			awaitRelease();
		}
		return (how != null) ? how : this.reader.read(Long.MAX_VALUE);
	}

	/** A handler that is busy takes no notice of the stop's interrupt. */
	private void awaitRelease() {
		boolean interrupted = false;
		while (true) {
			try {
				this.released.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void send(PropertyPeer peer) throws IOException {
		Random random = new Random(this.plan.seed + 1);
		while (peer.sent() < this.plan.total) {
			int left = (int) Math.min(this.plan.total - peer.sent(), Integer.MAX_VALUE);
			peer.send(this.pattern, Math.min(left, PropertyPeer.randomPiece(random, this.plan.largestPiece)));
			if (this.plan.slow && random.nextInt(4) == 0) {
				pace(random.nextInt(3_000));
			}
		}
	}

	private void awaitSentOrStuck(PropertyPeer peer, Future<?> sending) throws Exception {
		long before = -1;
		while (peer.sent() != before) {
			before = peer.sent();
			try {
				sending.get(40, TimeUnit.MILLISECONDS);
				return;
			}
			catch (TimeoutException ex) {
				// It has more to send.
			}
			catch (ExecutionException ex) {
				// The server has ended the connection.
				return;
			}
		}
	}

	/** Ends the connection as planned. */
	private Future<?> end(StreamServer server, StreamConnection connection, PropertyPeer peer, Future<?> sending)
			throws Exception {
		noteDelivered(peer);
		if (this.plan.peerFirst) {
			endPeer(peer, sending);
			return endLocally(server, connection);
		}
		Future<?> stopping = endLocally(server, connection);
		endPeer(peer, sending);
		return stopping;
	}

	private void noteDelivered(PropertyPeer peer) throws IOException {
		long least = peer.delivered();
		long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
		while (least < peer.sent() && System.nanoTime() - end < 0) {
			pace(5_000);
			least = peer.delivered();
		}
		if (this.events.count("closed") == 0) {
			this.delivered = least;
		}
	}

	private void endPeer(PropertyPeer peer, Future<?> sending) throws IOException {
		switch (this.plan.peerEnd) {
			case NONE -> readToEnd(peer);
			case RESET -> peer.reset();
			case CLOSE_UNREAD -> {
				peer.leaveUnread();
				peer.close();
			}
			case FIN, CLOSE, TRUNCATE -> this.threads.submit(() -> {
				sending.get();
				switch (this.plan.peerEnd) {
					case FIN -> peer.end();
					case CLOSE -> peer.endAndClose();
					default -> peer.truncate();
				}
				if (this.plan.peerEnd != PeerEnd.CLOSE) {
					peer.receiveRest();
					peer.close();
				}
				return null;
			});
		}
	}

	private void readToEnd(PropertyPeer peer) {
		this.threads.submit(() -> {
			peer.receiveRest();
			peer.close();
			return null;
		});
	}

	private Future<?> endLocally(StreamServer server, StreamConnection connection) {
		switch (this.plan.localEnd) {
			case CLOSE -> connection.writer().close();
			case ABORT -> connection.abort();
			case STOP -> {
				Future<?> stopping = this.threads.submit(() -> server.stop(this.plan.grace));
				awaitWithin(Duration.ofSeconds(5), connection::isStopping);
				return stopping;
			}
			case NONE, IDLE_TIMEOUT, READ_TIMEOUT -> {
				// Silence ends it, or the peer.
			}
		}
		return null;
	}

	private void release(StreamConnection connection) {
		if (this.plan.release == Release.AFTER_END_WAS_SEEN) {
			awaitWithin(Duration.ofMillis(1500), () -> this.events.count("closed") > 0);
		}
		if (this.plan.held) {
			connection.resumeReading();
		}
		this.released.countDown();
	}

}
