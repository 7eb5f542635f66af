package io.streams;

import java.time.Duration;

import io.streams.transport.Deadline;
import io.streams.transport.Transport;
import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a reader's peer may be silent while a read waits. Owned by one
 * {@link ReadSide}, whose lock guards everything but the bound, which any thread may
 * change.
 */
final class ReadTimeout {

	/** {@code null} for no bound. */
	private volatile @Nullable Duration longest;

	/** When bytes came last, or a read began to wait. */
	private long since = System.nanoTime();

	/** Looks at the asynchronous reads: one timer serves all, one after the other. */
	private @Nullable Cancellable timer;

	/** When the timer runs. */
	private long timerAt;

	ReadTimeout(Duration longest) {
		this.longest = longest;
	}

	/**
	 * Returns a timeout that a user gives, or {@code null} for no bound.
	 * @throws IllegalArgumentException if it is not above zero
	 */
	static @Nullable Duration check(@Nullable Duration timeout) {
		if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
			throw new IllegalArgumentException("read timeout is " + timeout + ": give a time above zero, or null");
		}
		return timeout;
	}

	@Nullable Duration longest() {
		return this.longest;
	}

	void setLongest(@Nullable Duration longest) {
		this.longest = longest;
	}

	/** Bytes came, or a read begins to wait. */
	void restart() {
		this.since = System.nanoTime();
	}

	/** Returns the nanoseconds until a bound is exceeded; 0 or less if it is. */
	long remaining(Duration bound) {
		return this.since + Deadline.nanos(bound) - System.nanoTime();
	}

	/**
	 * Plans a look at the read that waits for when the silence is too long, unless one is
	 * planned for before. A look that comes too early plans the next one.
	 */
	void watch(Transport transport, PendingReadOwner owner) {
		Duration bound = this.longest;
		if (bound == null) {
			return;
		}
		long at = this.since + Deadline.nanos(bound);
		if (this.timer != null && this.timerAt - at <= 0) {
			return;
		}
		cancel();
		this.timerAt = at;
		this.timer = transport.loop().executeLater(Duration.ofNanos(Math.max(0, remaining(bound))), () -> look(owner));
	}

	/** Looks at the read that waits, after a look for input. Event loop only. */
	private void look(PendingReadOwner owner) {
		Transport transport = owner.transport();
		Duration bound = this.longest;
		if (transport != null && bound != null && owner.remainingNanos(bound) <= 0) {
			transport.lookForInput();
		}
		owner.settle((read, input) -> {
			this.timer = null;
			return read instanceof PendingRead.Asynchronous<?> && endIfOver(read, input, owner);
		});
	}

	/** Ends a read that waits for too long, or looks again later. */
	private boolean endIfOver(PendingRead<?> read, InputBuffer input, PendingReadOwner owner) {
		Transport transport = owner.transport();
		Duration bound = this.longest;
		if (transport == null || bound == null) {
			return false;
		}
		if (remaining(bound) > 0) {
			watch(transport, owner);
			return false;
		}
		return read.end(new ReadTimeoutException(read.request().method(), bound), input);
	}

	/**
	 * Cancels the timer, which would otherwise hold a closed connection until its time.
	 */
	void cancel() {
		Cancellable pending = this.timer;
		if (pending != null) {
			pending.cancel();
			this.timer = null;
		}
	}

}
