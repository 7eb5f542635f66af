package io.streams.memory;

import java.time.Duration;

import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.Deadline;
import io.streams.transport.Transport.Cancellable;
import io.streams.transport.TransportSettings;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * The times by which something must have happened on one end of a connection in memory.
 * Owned by one {@link MemoryTransport}, which keeps the times at which something did.
 * Event loop only, but for {@link #isStallUnplanned()}.
 *
 * <pre>
 *   OPEN       idle; write stall, while anything is unsent; half closed, once input ended
 *   CLOSING    close
 *   LINGERING  linger, after which the close is done
 * </pre>
 */
final class MemoryDeadlines {

	private final MemoryTransport transport;

	private final TransportSettings settings;

	/** Event loop only: when closing or lingering began; 0 before. */
	private long phaseBegan;

	/** Event loop only: when the protocol had seen the end of its input; 0 before. */
	private long inputOverAt;

	/** Written by the event loop: the next time at which to look at the deadlines. */
	private volatile @Nullable Timer timer;

	MemoryDeadlines(MemoryTransport transport, TransportSettings settings) {
		this.transport = transport;
		this.settings = settings;
	}

	/** The loop saw that the transport is being closed; only the first time counts. */
	void closingBegan() {
		if (this.phaseBegan == 0) {
			this.phaseBegan = System.nanoTime();
		}
	}

	/** The protocol has seen the end of its input, whatever may still come. */
	void startHalfClosedTimeout() {
		if (this.inputOverAt == 0) {
			this.inputOverAt = System.nanoTime();
		}
		plan();
	}

	void lingeringBegan() {
		this.phaseBegan = System.nanoTime();
	}

	/**
	 * Whether a peer that takes nothing from now on would be noticed too late. For any
	 * thread.
	 */
	boolean isStallUnplanned() {
		Deadline stall = Deadline.after(Phase.WRITE_STALL, this.transport.lastSent(),
				this.settings.writeStallTimeout());
		Timer timer = this.timer;
		return stall != null && (timer == null || timer.at() - stall.at() > 0);
	}

	/**
	 * Makes sure that the deadlines are looked at when the next one passes. Progress
	 * moves deadlines without touching the timer; it finds out when it fires.
	 */
	void plan() {
		Deadline next = next();
		Timer planned = this.timer;
		if (next == null || (planned != null && planned.at() - next.at() <= 0)) {
			return;
		}
		cancel();
		Duration delay = Duration.ofNanos(Math.max(0, next.at() - System.nanoTime()));
		this.timer = new Timer(next.at(), this.transport.executeLater(delay, this::check));
	}

	void cancel() {
		Timer planned = this.timer;
		if (planned != null) {
			planned.handle().cancel();
		}
	}

	private void check() {
		this.timer = null;
		Deadline next = next();
		if (next == null) {
			return;
		}
		if (next.at() - System.nanoTime() > 0) {
			plan();
		}
		else if (this.transport.state() == TransportState.LINGERING) {
			this.transport.finish(null, false);
		}
		else {
			this.transport.breakOff(new ConnectionTimeoutException(next.phase(), next.timeout()));
		}
	}

	private @Nullable Deadline next() {
		return switch (this.transport.state()) {
			case OPEN -> whileOpen();
			// Not yet begun if another thread has just called close.
			case CLOSING -> Deadline.after(Phase.CLOSE, later(this.phaseBegan, this.transport.lastSent()),
					(this.phaseBegan != 0) ? this.settings.closeTimeout() : null);
			case LINGERING -> Deadline.after(Phase.CLOSE, this.phaseBegan, this.settings.lingerTimeout());
			case CLOSED -> null;
		};
	}

	private @Nullable Deadline whileOpen() {
		boolean blocked = this.transport.writeBufferSize() > 0;
		Deadline idle = Deadline.after(Phase.IDLE, this.transport.lastActivity(), this.settings.idleTimeout());
		Deadline stall = Deadline.after(Phase.WRITE_STALL, this.transport.lastSent(),
				blocked ? this.settings.writeStallTimeout() : null);
		return Deadline.first(Deadline.first(idle, stall), halfClosed());
	}

	/** The peer's end is a sign of life too, and begins what it is given. */
	private @Nullable Deadline halfClosed() {
		if (this.transport.isInputEnded()) {
			return Deadline.after(Phase.HALF_CLOSED, this.transport.lastActivityHalfClosed(),
					this.settings.halfClosedTimeout());
		}
		long over = this.inputOverAt;
		if (over == 0) {
			return null;
		}
		long sent = this.transport.lastSent();
		return Deadline.after(Phase.HALF_CLOSED, (sent - over > 0) ? sent : over, this.settings.halfClosedTimeout());
	}

	private static long later(long one, long other) {
		return (one - other > 0) ? one : other;
	}

	/** A look at the deadlines that is planned for some time. */
	private record Timer(long at, Cancellable handle) {
	}

}
