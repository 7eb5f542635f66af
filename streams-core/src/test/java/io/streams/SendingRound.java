package io.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import io.streams.SendingPlan.Client;
import io.streams.SendingPlan.HandlerEnd;

import org.jspecify.annotations.Nullable;

/**
 * A handler writes and ends, while its client takes the bytes or does not. Either the
 * client gets every byte and a proper end, or the server says that some were lost; and a
 * proper end is never one of a part.
 */
final class SendingRound extends PropertyRound {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final Duration LINGER = Duration.ofMillis(200);

	private final SendingPlan plan;

	private final PatternBytes pattern;

	private final CompletableFuture<StreamConnection> connected = new CompletableFuture<>();

	private final CompletableFuture<@Nullable Void> handled = new CompletableFuture<>();

	private final CompletableFuture<@Nullable Void> lost = new CompletableFuture<>();

	/** Opened when the client is connected: it could not connect after an abort. */
	private final CountDownLatch started = new CountDownLatch(1);

	/** Written by the handler: bytes whose write returned. */
	private volatile long written;

	/** Bytes whose write had returned when the connection was closed. */
	private volatile long accepted;

	/** What the handler's drain or waitClosed threw. */
	private volatile @Nullable IOException told;

	private volatile @Nullable IOException clientFailure;

	private volatile boolean clientSawEnd;

	/**
	 * What ended the client's sending: the kernel tells of a reset only once, and the
	 * thread that reads sees an end then.
	 */
	private volatile @Nullable IOException sendFailure;

	/** Bytes that the client's kernel had received when it reset, or -1. */
	private volatile long receivedAtReset = -1;

	SendingRound(Random random, Path directory) {
		this(new SendingPlan(random), directory);
	}

	private SendingRound(SendingPlan plan, Path directory) {
		super(plan.kind, directory);
		this.plan = plan;
		this.pattern = new PatternBytes(plan.seed, 100);
	}

	@Override
	public String toString() {
		return this.plan.toString();
	}

	@Override
	String state() {
		return "written " + this.written + ", drain or waitClosed threw " + this.told + ", client saw "
				+ (this.clientSawEnd ? "the end" : this.clientFailure) + ", " + super.state();
	}

	@Override
	void play() throws Exception {
		StreamServer server = serve();
		PropertyPeer peer = connect(server, this.plan.receiveBuffer);
		if (this.plan.client == Client.HALF_CLOSES) {
			peer.end();
		}
		this.started.countDown();
		StreamConnection connection = ended("the accept", this.connected);
		connection.writer().waitClosedAsync().whenComplete((nothing, failure) -> this.lost.complete(null));
		Future<?> sending = this.plan.clientSends ? this.threads.submit(() -> chatter(peer)) : null;
		Future<?> taking = this.threads.submit(() -> take(peer));
		StopReport report = endFromOutside(server, connection);
		ended("the client", taking);
		ended("the handler", this.handled);
		if (sending != null) {
			ended("the client's sending", sending);
		}
		ended("the connection", this.lost);
		IOException failure = (this.sendFailure != null) ? this.sendFailure : this.clientFailure;
		SendingCheck check = new SendingCheck(this.plan, this.accepted, this.written, peer.taken(),
				failure == null && this.clientSawEnd, failure);
		check.check(serverTells(report), this.receivedAtReset);
		if (report != null) {
			check.checkReport(report);
		}
	}

	private StreamServer serve() throws IOException {
		Duration stall = this.plan.stallTimeout();
		this.network.with((options) -> options.closeTimeout(stall)
			.writeStallTimeout(stall)
			.lingerTimeout(LINGER)
			.halfClosedTimeout(LONG)
			.sendBuffer(this.plan.sendBuffer));
		this.network.with((options) -> options.waterMarks(this.plan.marks)
			.quietPeriod(ReceivingPlan.QUIET)
			.tls(this.kind.tls(stall)));
		return this.network.serve(this::handle);
	}

	private void handle(StreamReader reader, StreamWriter writer) {
		this.connected.complete(writer.connection());
		try {
			this.started.await();
			boolean aborting = this.plan.handlerEnd == HandlerEnd.ABORT;
			write(writer, aborting ? this.plan.endAfter : this.plan.total);
			endHandler(reader, writer);
			this.handled.complete(null);
		}
		catch (IOException ex) {
			this.told = ex;
			this.handled.complete(null);
		}
		catch (Throwable ex) {
			this.handled.completeExceptionally(ex);
		}
		if (this.plan.handlerEnd == HandlerEnd.THROW) {
			throw new IllegalStateException("thrown by the round");
		}
	}

	private void write(StreamWriter writer, int total) throws IOException {
		Random random = new Random(this.plan.seed);
		for (int pieces = 1; this.written < total; pieces++) {
			int left = (int) (total - this.written);
			int length = Math.min(left, PropertyPeer.randomPiece(random, this.plan.largestPiece));
			writer.write(this.pattern.bytes(this.written, length));
			this.written += length;
			if (this.plan.drainEvery > 0 && pieces % this.plan.drainEvery == 0) {
				writer.drain();
			}
		}
	}

	private void endHandler(StreamReader reader, StreamWriter writer) throws IOException {
		if (this.plan.handlerEnd != HandlerEnd.OTHER_CLOSES && this.plan.handlerEnd != HandlerEnd.STOP) {
			this.accepted = this.written;
		}
		switch (this.plan.handlerEnd) {
			case CLOSE -> {
				writer.close();
				writer.waitClosed();
			}
			case WRITE_EOF -> {
				if (writer.canWriteEof()) {
					writer.writeEof();
					while (reader.read(8192).length > 0) {
						// The client has more to say.
					}
				}
			}
			case ABORT -> writer.abort();
			case RETURN, THROW, OTHER_CLOSES, OTHER_ABORTS, STOP -> {
				// Others end the connection.
			}
		}
	}

	private @Nullable StopReport endFromOutside(StreamServer server, StreamConnection connection) throws Exception {
		HandlerEnd end = this.plan.handlerEnd;
		if (end != HandlerEnd.OTHER_CLOSES && end != HandlerEnd.OTHER_ABORTS && end != HandlerEnd.STOP) {
			return null;
		}
		// A handler that drains may never get there.
		awaitWithin(Duration.ofMillis(300), () -> this.written >= this.plan.endAfter || this.handled.isDone());
		this.accepted = this.written;
		switch (end) {
			case OTHER_CLOSES -> connection.writer().close();
			case OTHER_ABORTS -> connection.abort();
			default -> {
				return ended("the stop", this.threads.submit(() -> server.stop(this.plan.grace)));
			}
		}
		return null;
	}

	private void take(PropertyPeer peer) {
		try {
			long stopAt = (this.plan.client == Client.STOPS || this.plan.client == Client.RESETS) ? this.plan.endAfter
					: Long.MAX_VALUE;
			if (takeUpTo(peer, stopAt) && this.plan.client == Client.RESETS) {
				noteReceived(peer);
				peer.reset();
				return;
			}
			if (!this.clientSawEnd) {
				awaitWithin(Duration.ofSeconds(12), this.lost::isDone);
				takeUpTo(peer, Long.MAX_VALUE);
			}
		}
		catch (IOException ex) {
			this.clientFailure = ex;
		}
		finally {
			end(peer);
		}
	}

	private static void end(PropertyPeer peer) {
		try {
			peer.endAndClose();
		}
		catch (IOException ex) {
			// The server was faster.
		}
	}

	/**
	 * Reads until there are so many bytes.
	 * @return {@code false} if the end came first
	 */
	private boolean takeUpTo(PropertyPeer peer, long enough) throws IOException {
		int step = this.plan.step();
		while (peer.taken() < enough) {
			long wanted = Math.min(enough, peer.taken() + step);
			while (peer.taken() < wanted) {
				if (peer.receive(this.pattern, (int) (wanted - peer.taken())) < 0) {
					this.clientSawEnd = true;
					return false;
				}
			}
			pace(this.plan.stepMicros());
		}
		return true;
	}

	private void noteReceived(PropertyPeer peer) throws IOException {
		long unread = peer.queues().map(KernelQueues::unread).orElse(-1L);
		if (unread >= 0) {
			this.receivedAtReset = peer.taken() + unread;
		}
	}

	/** Sends without end, until the server resets or the client has what it wants. */
	private void chatter(PropertyPeer peer) {
		byte[] piece = new byte[1000];
		try {
			while (!this.clientSawEnd && this.clientFailure == null) {
				peer.send(piece);
				pace(2_000);
			}
			peer.end();
		}
		catch (IOException ex) {
			this.sendFailure = ex;
		}
	}

	/** Returns the server's report of lost bytes, or {@code null} if there is none. */
	private @Nullable String serverTells(@Nullable StopReport report) {
		RecordingListener.Event closed = this.events.events("closed").getFirst();
		if (closed.cause() != null) {
			return "waitClosed: " + closed.cause();
		}
		CloseReason reason = (CloseReason) closed.detail();
		return switch (reason) {
			case HANDLER_FINISHED, HANDLER_FAILED, CLOSED, SERVER_STOPPED ->
				(report != null && !report.isGraceful()) ? report.toString() : null;
			default -> "reason " + reason;
		};
	}

}
