package io.streams;

import java.time.Duration;

import io.streams.transport.Transport;
import io.streams.transport.Transport.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * How long a reader's peer may keep silent while a read waits, and since when it does.
 * Owned by one {@link ReadSide}, whose lock guards it.
 */
final class ReadSilence {

	private final Duration longest;

	/** When bytes came last, or a read began to wait. */
	private long since = System.nanoTime();

	/** Looks at the asynchronous reads: one serves all, one after the other. */
	private @Nullable Cancellable timer;

	ReadSilence(Duration longest) {
		this.longest = longest;
	}

	/** Bytes came, or a read begins to wait. */
	void beginAnew() {
		this.since = System.nanoTime();
	}

	/** Nanoseconds until it has been too long; 0 or less if it has. */
	long remaining() {
		return this.since + this.longest.toNanos() - System.nanoTime();
	}

	boolean isWatched() {
		return this.timer != null;
	}

	/** Has somebody look when it will have been too long. */
	void watch(Transport transport, Runnable look) {
		this.timer = transport.executeLater(Duration.ofNanos(Math.max(0, remaining())), look);
	}

	/** Somebody looks now. */
	void lookedAt() {
		this.timer = null;
	}

	/**
	 * Nobody has to look any more; the timer would hold on to all of a connection that is
	 * gone until its time.
	 * @return whether somebody would have
	 */
	boolean unwatch() {
		Cancellable pending = this.timer;
		if (pending == null) {
			return false;
		}
		pending.cancel();
		this.timer = null;
		return true;
	}

	/** What a read gets that has waited for too long. */
	ReadTimeoutException exceeded(ReadRequest<?> request) {
		return new ReadTimeoutException(request.method(), this.longest);
	}

}
