package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.flow.ActivityTimes;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The half of a {@link ReadSide} that receives: takes bytes in, gives them to the read
 * that waits, pauses and resumes the transport, and keeps the connection's time.
 *
 * <pre>
 *   FLOWING ──more than 2 × limit buffered──▶ PAUSED
 *           ◀──limit or less, or a read waits──
 * </pre>
 *
 * The event loop, which feeds, and the readers share it. One lock guards everything; no
 * thread is woken with it held. It is a superclass, so that a connection has one object
 * for both halves.
 */
abstract class ReceiveSide extends ReadBounds {

	/** Guarded by {@link #lock}. */
	final InputBuffer input;

	/** Guarded by {@link #lock}, but for its transport and its listener. */
	private final InputFlow flow = new InputFlow();

	/** Guarded by {@link #lock}: the one read that waits. */
	@Nullable PendingRead<?> pending;

	/** Guarded by {@link #lock}: nothing more will be received. */
	private boolean closedLocally;

	ReceiveSide(ReadLimit limit) {
		this.input = new InputBuffer(limit);
	}

	final void setTransport(Transport transport) {
		this.flow.setTransport(transport);
	}

	final void replaceTransport(Transport transport) {
		this.lock.lock();
		try {
			this.flow.replaceTransport(transport);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public final @Nullable Transport transport() {
		return this.flow.transport();
	}

	final void setListener(InputListener listener) {
		this.flow.setListener(listener);
	}

	final @Nullable InputListener listener() {
		return this.flow.listener();
	}

	/** The input at this moment. */
	final ReadState state() {
		this.lock.lock();
		try {
			PendingRead<?> read = this.pending;
			return new ReadState(this.input.size(), this.input.limit(), this.input.end(), this.input.isEnded(),
					this.input.failure(), (read != null) ? read.request() : null, this.flow.isPaused(),
					this.flow.isHeld());
		}
		finally {
			this.lock.unlock();
		}
	}

	final BufferSnapshot snapshot(long now) {
		this.lock.lock();
		try {
			return this.input.snapshot(this.flow.pauseTimes(now));
		}
		finally {
			this.lock.unlock();
		}
	}

	final ActivityTimes activityTimes(long now) {
		this.lock.lock();
		try {
			return this.flow.activityTimes(now);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the unread bytes, with those that a read has collected. */
	final long unreadBytes() {
		this.lock.lock();
		try {
			PendingRead<?> read = this.pending;
			return this.input.size() + ((read != null) ? read.request().held() : 0);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the error that ended the input. Looks without the lock. */
	final @Nullable IOException failure() {
		return this.input.failure();
	}

	/** Whether the calling thread holds the lock, as in a call of a listener. */
	final boolean isLockedByCaller() {
		return this.lock.isHeldByCurrentThread();
	}

	/** Takes bytes in. */
	final void feed(ByteBuffer data) {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			if (this.input.isDistrusted()) {
				data.position(data.limit());
			}
			else if (this.input.isEnded()) {
				throw new IllegalStateException(
						"feedData after feedEof: the input has ended, so call feedEof after the last bytes");
			}
			else if (data.hasRemaining()) {
				noteArrival();
				settled = take(data);
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Gives bytes that came to the read that waits, and keeps the rest. Call with
	 * {@link #lock} held, and announce the answer without it.
	 */
	private @Nullable PendingRead<?> take(ByteBuffer data) {
		PendingRead<?> settled = passToPending(data);
		if (data.hasRemaining()) {
			this.input.append(data);
			pauseAboveHighMark();
		}
		return (settled != null) ? settled : attemptPending();
	}

	/**
	 * A read waits for most bytes, which then need not go through the buffer, unless they
	 * are so many that they would pause the peer.
	 */
	private @Nullable PendingRead<?> passToPending(ByteBuffer data) {
		PendingRead<?> read = this.pending;
		int length = data.remaining();
		if (read == null || !this.input.mayPass(length) || !read.take(data, this.input.limit())) {
			return null;
		}
		this.input.passed(length - data.remaining());
		forgetPending();
		return read;
	}

	/** Ends the input cleanly, unless an error has ended it. */
	final void end() {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.finish();
			settled = attemptPending();
			cancelReadTimeout();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Ends the input with an error, which follows the bytes received before. */
	final void fail(IOException failure) {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.fail(failure);
			settled = attemptPending();
			cancelReadTimeout();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Makes every read fail from now on, whatever was received and however the input
	 * ended: an upgrade failed, and an attacker may have sent the bytes that came in
	 * plain.
	 */
	final void invalidate(IOException failure) {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.invalidate(failure);
			settled = attemptPending();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * The local side closed the connection. Reads still return received bytes; one that
	 * would have to wait fails, unless the peer's end of stream has come or comes.
	 */
	final void closedLocally() {
		settle((read, input) -> {
			this.closedLocally = true;
			return read != null && read.end(closedException(), input);
		});
	}

	/** Call with {@link #lock} held. */
	final boolean isClosedLocally() {
		return this.closedLocally;
	}

	/** Call with {@link #lock} held. */
	final IOException closedException() {
		StopWait stop = stop();
		return (stop != null && stop.isGraceOver()) ? stop.exception("reading")
				: new ConnectionClosedException("This side closed the connection before the peer ended its stream:"
						+ " what was read may be a part of it");
	}

	@Override
	public final void settle(Settlement settlement) {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			PendingRead<?> read = this.pending;
			if (settlement.settle(read, this.input)) {
				settled = read;
				forgetPending();
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Tries the read that waits. Call with {@link #lock} held, and announce the answer
	 * without it.
	 */
	private @Nullable PendingRead<?> attemptPending() {
		PendingRead<?> read = this.pending;
		if (read == null) {
			return null;
		}
		boolean settled = read.attempt(this.input);
		resumeAfterConsuming();
		if (!settled) {
			// A read that needs more than the buffer may hold would never get it.
			resume();
			return null;
		}
		forgetPending();
		return read;
	}

	private static void announce(@Nullable PendingRead<?> settled) {
		if (settled != null) {
			settled.announce();
		}
	}

	/** Call with {@link #lock} held. */
	final void setPending(PendingRead<?> read) {
		this.pending = read;
		this.flow.noteReading(true);
	}

	/** Call with {@link #lock} held. */
	final void forgetPending() {
		this.pending = null;
		this.flow.noteReading(false);
	}

	/**
	 * Stops reading the peer for an operator, whatever the buffer holds, or ends that.
	 */
	final void hold(boolean held) {
		this.lock.lock();
		try {
			this.flow.hold(held);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends a pause at the end of the connection, so that its time is reported. */
	final void endPause() {
		this.lock.lock();
		try {
			this.flow.resume();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	final void pauseAboveHighMark() {
		if (this.input.isAboveHighMark()) {
			this.flow.pause();
		}
	}

	/** Call with {@link #lock} held. */
	final void resumeAfterConsuming() {
		if (this.input.pollConsumed()) {
			resumeAtOrBelowLimit();
		}
	}

	/** Call with {@link #lock} held. */
	final void resumeAtOrBelowLimit() {
		if (this.flow.isPaused() && this.input.size() <= this.input.limit().bytes()) {
			resume();
		}
	}

	/** Call with {@link #lock} held. */
	final void resume() {
		this.flow.resume();
	}

	/**
	 * A caller begins, or no longer needs, to wait for the peer to take bytes.
	 * @param change 1 or -1
	 */
	final void noteDrain(int change) {
		this.lock.lock();
		try {
			this.flow.noteDrain(change);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A close of the connection is in progress. */
	final void noteClosing() {
		this.lock.lock();
		try {
			this.flow.noteClosing();
		}
		finally {
			this.lock.unlock();
		}
	}

}
