package io.streams.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.streams.buffer.MemoryBudget;
import io.streams.buffer.MemoryBudget.Level;
import io.streams.socket.ReadyHandler;
import io.streams.transport.MemoryExceededException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acts for the connections of a loop while memory is scarce. Event loop only, except
 * {@link #ask}.
 *
 * <ul>
 * <li>A connection that holds more than its share is not read from.
 * <li>While the budget is exceeded, the loop closes connections: those that hold the most
 * for the longest.
 * <li>It does so as well when memory has been scarce for {@link #PATIENCE_NANOS}, because
 * new clients wait meanwhile.
 * </ul>
 */
final class MemoryRelief {

	private static final Logger logger = LoggerFactory.getLogger(MemoryRelief.class);

	/** How long new clients wait before connections are closed for them. */
	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

	/** A connection that holds less is not worth closing. */
	private static final long MIN_HELD_BYTES = 1024;

	private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long REPORT_NANOS = SECOND_NANOS;

	private final EventLoop loop;

	/** When closed connections were last reported; of all loops together. */
	private static final AtomicLong lastReport = new AtomicLong(System.nanoTime() - REPORT_NANOS);

	/** Connections that were closed since then. */
	private static final LongAdder closed = new LongAdder();

	/** Bytes that they held. */
	private static final LongAdder closedBytes = new LongAdder();

	/** Connections that are not read from because they hold more than their share. */
	private final Set<SocketEvents> heldBack = new LinkedHashSet<>();

	/** Written by the event loop: whether there are such connections. */
	private volatile boolean holding;

	/** Whether the loop was asked to act, and has not yet. */
	private final AtomicBoolean asked = new AtomicBoolean();

	private final Runnable act = this::act;

	MemoryRelief(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * Asks the loop to act in its next turn, if there is something to do: memory is
	 * scarce, or was when a connection was held back. Any thread.
	 */
	void ask(boolean scarce) {
		if ((scarce || this.holding) && this.asked.compareAndSet(false, true)) {
			this.loop.execute(this.act);
		}
	}

	/**
	 * Returns how many bytes may be read for a connection now. If there are none, it is
	 * not read from until memory is free again or it holds less.
	 * @param most as many as fit into the loop's buffer
	 */
	int allowance(SocketEvents connection, int most) {
		if (!MemoryBudget.isScarce()) {
			return most;
		}
		long left = MemoryBudget.share() - connection.held();
		if (left <= 0) {
			this.heldBack.add(connection);
			this.holding = true;
			return 0;
		}
		return (int) Math.min(left, most);
	}

	/** The connection has ended. */
	void forget(SocketEvents connection) {
		if (!this.heldBack.isEmpty()) {
			this.heldBack.remove(connection);
		}
	}

	private void act() {
		this.asked.set(false);
		Level level = MemoryBudget.update();
		if (level == Level.EXCEEDED) {
			closeLargest(false);
		}
		else if (MemoryBudget.scarceNanos(System.nanoTime()) > PATIENCE_NANOS) {
			closeLargest(true);
		}
		report();
		letGo();
	}

	/** Reads again from those that hold less than their share. */
	private void letGo() {
		if (this.heldBack.isEmpty()) {
			return;
		}
		boolean free = MemoryBudget.update() == Level.FREE;
		long share = MemoryBudget.share();
		for (SocketEvents connection : List.copyOf(this.heldBack)) {
			if (free || connection.held() < share) {
				this.heldBack.remove(connection);
				connection.readAgain();
			}
		}
		this.holding = !this.heldBack.isEmpty();
	}

	private void closeLargest(boolean wellBelow) {
		long now = System.nanoTime();
		// The average counts what segments take beside their bytes.
		long least = Math.max(MIN_HELD_BYTES, MemoryBudget.average() / 2);
		List<Candidate> candidates = new ArrayList<>();
		for (ReadyHandler handler : this.loop.poller().handlers()) {
			if (handler instanceof SocketEvents connection) {
				long held = connection.held();
				if (held >= least) {
					long idle = Math.max(0, now - connection.transport().lastActivity());
					candidates.add(new Candidate(connection, held, (double) held * (idle + SECOND_NANOS)));
				}
			}
		}
		candidates.sort(Comparator.comparingDouble(Candidate::weight).reversed());
		for (Candidate candidate : candidates) {
			if (!(wellBelow ? MemoryBudget.isHalfUsed() : MemoryBudget.isNearLimit())) {
				break;
			}
			candidate.connection().finish(new MemoryExceededException(candidate.held(), MemoryBudget.limit()), true);
			closed.increment();
			closedBytes.add(candidate.held());
		}
	}

	private static void report() {
		long now = System.nanoTime();
		long before = lastReport.get();
		if (closed.sum() > 0 && now - before >= REPORT_NANOS && lastReport.compareAndSet(before, now)) {
			logger.warn(
					"Memory for buffers is scarce: closed {} connections that held the most for the longest, {} bytes"
							+ " together. All connections take {} of {} bytes now (streams.buffers.max-memory). See"
							+ " docs/limits.md#memory.",
					closed.sumThenReset(), closedBytes.sumThenReset(), MemoryBudget.used(), MemoryBudget.limit());
		}
	}

	/**
	 * A connection that may be closed.
	 *
	 * @param connection the connection
	 * @param held bytes that it has buffered
	 * @param weight the bytes multiplied by the time without a byte that moved
	 */
	private record Candidate(SocketEvents connection, long held, double weight) {
	}

}
