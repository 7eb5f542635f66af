package io.streams.loop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.Deadline;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a socket. Owned by one {@link SocketEvents}; the input and the output
 * keep the times of the last progress. Event loop only.
 *
 * <pre>
 *   OPEN       idle; write stall, while output is blocked; half closed, once input ended
 *   CLOSING    close, since the peer last took bytes
 *   LINGERING  close, while the peer has not acknowledged all; then linger
 * </pre>
 *
 * A deadline after which bytes are dropped starts again with progress: bytes that moved,
 * and bytes that the peer acknowledged, where the system tells. A slow peer's progress
 * may stay unseen, because the system reports room only when a good part of the send
 * buffer is free. So the deadlines look for it several times within each timeout.
 * <p>
 * With an idle timeout, a connection has a timer waiting all the time. Its action is this
 * object itself, so that it costs no other.
 */
final class SocketDeadlines implements TimerQueue.Action {

	/** Looks for progress within one timeout. */
	private static final int LOOKS = 4;

	/**
	 * Longest time from a send to the first look. Bytes that the peer takes in the first
	 * moments would otherwise be seen late, and extend the deadline.
	 */
	private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/** A timer that fires at once again would keep the event loop in its timers. */
	private static final long SHORTEST_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final SocketTransport transport;

	private final SocketEvents events;

	private final TransportOptions settings;

	/** When closing or lingering began; 0 before. */
	private long phaseBegan;

	/** When progress was last looked for. */
	private long lookedAt;

	/** Bytes that the peer had not acknowledged then; -1 if the system does not tell. */
	private long unacknowledged = -1;

	/** When a look found that the peer had acknowledged bytes. */
	private long acknowledgedAt;

	/** The next time at which to look at the deadlines. */
	private TimerQueue.@Nullable Timer timer;

	SocketDeadlines(SocketEvents events, TransportOptions settings) {
		this.transport = events.transport();
		this.events = events;
		this.settings = settings;
		this.acknowledgedAt = this.transport.output().lastSent();
		this.lookedAt = this.acknowledgedAt - 1;
	}

	/** The loop saw that the transport is being closed; only the first time counts. */
	void closingBegan() {
		if (this.phaseBegan == 0) {
			this.phaseBegan = this.transport.loop().now();
		}
	}

	void lingeringBegan() {
		this.phaseBegan = this.transport.loop().now();
		noteUnacknowledged(this.phaseBegan);
	}

	/**
	 * Makes sure that the deadlines are looked at when the next one passes. Progress
	 * moves deadlines without touching the timer; it finds out when it fires.
	 */
	void plan() {
		Deadline next = next();
		if (next == null) {
			return;
		}
		planAt(looksBefore(next) ? earlier(next.at(), lookAt(next)) : next.at());
	}

	private void planAt(long at) {
		if (this.timer != null && this.timer.at() - at <= 0) {
			return;
		}
		cancel();
		this.timer = this.transport.loop().timers().schedule(at, this);
	}

	void cancel() {
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

	/** Looks for progress, and at the deadlines. */
	@Override
	public void timeElapsed(long now) {
		this.timer = null;
		Deadline due = next();
		if (due == null) {
			return;
		}
		boolean passed = due.at() - now <= 0;
		boolean conclusive = true;
		if (passed || (looksBefore(due) && lookAt(due) - now <= 0)) {
			conclusive = look(due.phase(), now);
		}
		Deadline next = next();
		if (next == null) {
			return;
		}
		if (next.at() - now > 0) {
			plan();
		}
		else if (!conclusive) {
			planAt(now + lookInterval(next));
		}
		else {
			expire(next);
		}
	}

	/**
	 * Looks whether the peer has taken or sent anything.
	 * @return whether the absence of progress was seen: it takes two looks without a send
	 * between them
	 */
	private boolean look(Phase phase, long now) {
		if (phase == Phase.IDLE) {
			this.events.pollInput();
		}
		if (this.transport.output().waitsForRoom()) {
			this.events.retryWrite();
		}
		return this.transport.state() == TransportState.CLOSED || noteUnacknowledged(now);
	}

	private boolean noteUnacknowledged(long now) {
		long before = this.unacknowledged;
		boolean comparable = before >= 0 && this.lookedAt - this.transport.output().lastSent() >= 0;
		this.unacknowledged = this.transport.socket().unacknowledged();
		this.lookedAt = now;
		if (comparable && this.unacknowledged < before) {
			this.acknowledgedAt = now;
		}
		return comparable || this.unacknowledged <= 0;
	}

	/** Whether a look before the deadline may find progress that nothing else shows. */
	private boolean looksBefore(Deadline deadline) {
		return switch (deadline.phase()) {
			case WRITE_STALL -> true;
			case CLOSE -> this.transport.state() == TransportState.CLOSING || this.unacknowledged > 0;
			default -> this.unacknowledged > 0 && this.lookedAt - this.transport.output().lastSent() >= 0;
		};
	}

	private long lookAt(Deadline deadline) {
		long sent = this.transport.output().lastSent();
		if (this.lookedAt - sent < 0) {
			boolean open = this.transport.state() == TransportState.OPEN;
			return sent + (open ? Math.min(FIRST_LOOK_NANOS, lookInterval(deadline)) : lookInterval(deadline));
		}
		return this.lookedAt + lookInterval(deadline);
	}

	private long lookInterval(Deadline deadline) {
		boolean lingering = this.transport.state() == TransportState.LINGERING;
		long timeout = Deadline.nanos(lingering ? this.settings.lingerTimeout() : deadline.timeout());
		return Math.max(SHORTEST_INTERVAL_NANOS, timeout / LOOKS);
	}

	private void expire(Deadline passed) {
		if (this.transport.state() == TransportState.LINGERING && mayHaveReceivedAll(passed)) {
			this.events.finish(null, false);
		}
		else {
			this.events.breakOff(new ConnectionTimeoutException(passed.phase(), passed.timeout()), true);
		}
	}

	/**
	 * Whether the peer has received everything, or gives no sign that it has not. Where
	 * the system does not tell, a peer that still sends at the bound will be reset by the
	 * close, and may lose what it has not received.
	 */
	private boolean mayHaveReceivedAll(Deadline passed) {
		return this.unacknowledged == 0
				|| (this.unacknowledged < 0 && untilQuiet(lingeringSince()).at() - passed.at() <= 0);
	}

	private @Nullable Deadline next() {
		return switch (this.transport.state()) {
			case OPEN -> whileOpen();
			// Without a start another thread has just called close: the loop plans anew.
			case CLOSING -> (this.phaseBegan != 0) ? Deadline.after(Phase.CLOSE,
					later(this.phaseBegan, later(this.transport.output().lastSent(), this.acknowledgedAt)),
					this.settings.closeTimeout()) : null;
			case LINGERING -> whileLingering();
			case CLOSED -> null;
		};
	}

	private @Nullable Deadline whileOpen() {
		boolean blocked = this.transport.output().waitsForRoom();
		long active = later(this.transport.lastActivity(), this.acknowledgedAt);
		Deadline idle = Deadline.after(Phase.IDLE, active, this.settings.idleTimeout());
		Deadline stall = Deadline.after(Phase.WRITE_STALL,
				later(this.transport.output().stalledSince(), this.acknowledgedAt),
				blocked ? this.settings.writeStallTimeout() : null);
		Deadline half = Deadline.after(Phase.HALF_CLOSED, later(this.events.endedAt(), active),
				this.events.isOver() ? this.settings.halfClosedTimeout() : null);
		return Deadline.first(Deadline.first(idle, stall), half);
	}

	/**
	 * A peer that has not acknowledged everything would lose the rest by a reset, if it
	 * sends after the close (RFC 9112, section 9.6). One that has may still send for as
	 * long as a close may take.
	 */
	private @Nullable Deadline whileLingering() {
		long began = lingeringSince();
		if (this.unacknowledged > 0) {
			return Deadline.after(Phase.CLOSE, began, this.settings.closeTimeout());
		}
		return Deadline.first(untilQuiet(began), Deadline.after(Phase.CLOSE, began,
				longer(this.settings.lingerTimeout(), this.settings.closeTimeout())));
	}

	private long lingeringSince() {
		return later(this.phaseBegan, this.acknowledgedAt);
	}

	private Deadline untilQuiet(long since) {
		CloseSequence closing = this.transport.closing();
		long quietSince = (closing != null) ? closing.discardedSince(since) : since;
		Duration linger = this.settings.lingerTimeout();
		return new Deadline(Phase.CLOSE, quietSince + Deadline.nanos(linger), linger);
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

	private static long later(long one, long other) {
		return (one - other > 0) ? one : other;
	}

	private static long earlier(long one, long other) {
		return (one - other < 0) ? one : other;
	}

}
