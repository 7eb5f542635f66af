package io.streams.loop;

import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.Deadline;
import io.streams.transport.TransportSettings;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * The times by which something must have happened on a socket. Owned by one
 * {@link SocketTransport}, which keeps the times at which something did. Event loop only.
 *
 * <pre>
 *   OPEN       idle; write stall, while output is blocked; half closed, once input ended
 *   CLOSING    close
 *   LINGERING  linger, after which the close is done
 * </pre>
 *
 * With an idle timeout, a connection has a timer waiting all the time. Its action is this
 * object itself, so that it costs no other.
 */
final class SocketDeadlines implements TimerQueue.Action {

	/** How long after a write without success room is looked for. */
	private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final SocketTransport transport;

	private final TransportSettings settings;

	/** When output last moved, as it was when room was last looked for. */
	private long roomSoughtAt;

	/** When closing or lingering began; 0 before. */
	private long phaseBegan;

	/** The next time at which to look at the deadlines. */
	private TimerQueue.@Nullable Timer timer;

	SocketDeadlines(SocketTransport transport, TransportSettings settings) {
		this.transport = transport;
		this.settings = settings;
	}

	/** The loop saw that the transport is being closed; only the first time counts. */
	void closingBegan() {
		if (this.phaseBegan == 0) {
			this.phaseBegan = this.transport.loop().now();
		}
	}

	void lingeringBegan() {
		this.phaseBegan = this.transport.loop().now();
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
		long at = isRoomToBeSought(next) ? Math.min(next.at(), this.transport.lastSent() + ROOM_NANOS) : next.at();
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

	/**
	 * Just after a write that found no more room, the peer's system may take a little of
	 * what was sent, which the system does not tell. It is looked for once, soon, or else
	 * it would be found at the deadline and taken for a sign of life.
	 */
	private boolean isRoomToBeSought(Deadline next) {
		return next.phase() == Phase.WRITE_STALL && this.roomSoughtAt != this.transport.lastSent();
	}

	/** Looks at the deadlines. */
	@Override
	public void timeElapsed(long now) {
		this.timer = null;
		Deadline next = next();
		if (next == null) {
			return;
		}
		boolean early = next.at() - now > 0;
		if (early && isRoomToBeSought(next) && this.transport.lastSent() + ROOM_NANOS - now <= 0) {
			this.roomSoughtAt = this.transport.lastSent();
			this.transport.hasRoomAfterAll();
		}
		if (early || isAliveAfterAll(next.phase())) {
			plan();
		}
		else if (this.transport.state() != TransportState.CLOSED) {
			expire(next);
		}
	}

	private boolean isAliveAfterAll(Phase phase) {
		return switch (phase) {
			case WRITE_STALL -> this.transport.hasRoomAfterAll();
			case IDLE -> this.transport.hasInputAfterAll()
					|| (this.transport.isOutputBlocked() && this.transport.hasRoomAfterAll());
			default -> false;
		};
	}

	private void expire(Deadline passed) {
		if (this.transport.state() == TransportState.LINGERING) {
			this.transport.finish(null, false);
		}
		else {
			this.transport.finish(new ConnectionTimeoutException(passed.phase(), passed.timeout()), true);
		}
	}

	private @Nullable Deadline next() {
		return switch (this.transport.state()) {
			case OPEN -> whileOpen();
			// Without a begin another thread has just called close: the loop plans anew.
			case CLOSING -> (this.phaseBegan != 0)
					? Deadline.after(Phase.CLOSE, this.phaseBegan, this.settings.closeTimeout()) : null;
			case LINGERING -> Deadline.after(Phase.CLOSE, this.phaseBegan, this.settings.lingerTimeout());
			case CLOSED -> null;
		};
	}

	private @Nullable Deadline whileOpen() {
		boolean blocked = this.transport.isOutputBlocked();
		Deadline idle = Deadline.after(Phase.IDLE, this.transport.lastActivity(), this.settings.idleTimeout());
		Deadline stall = Deadline.after(Phase.WRITE_STALL, this.transport.stalledSince(),
				blocked ? this.settings.writeStallTimeout() : null);
		Deadline half = Deadline.after(Phase.HALF_CLOSED, lastActivitySinceEnd(),
				this.transport.input().isOver() ? this.settings.halfClosedTimeout() : null);
		return Deadline.first(Deadline.first(idle, stall), half);
	}

	/** When the peer ended its side, or bytes moved after that. */
	private long lastActivitySinceEnd() {
		long ended = this.transport.input().endedAt();
		long active = this.transport.lastActivity();
		return (active - ended > 0) ? active : ended;
	}

}
