package io.streams;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link ReadSide} that bounds how long a read may wait: by the read
 * timeout, and by the stop of the server. It is a superclass, so that a connection has
 * one object for all parts.
 */
abstract class ReadBounds implements PendingReadOwner {

	private static final AtomicReferenceFieldUpdater<ReadBounds, @Nullable ReadTimeout> TIMEOUT = AtomicReferenceFieldUpdater
		.newUpdater(ReadBounds.class, ReadTimeout.class, "timeout");

	/** Guards all parts. */
	final ReentrantLock lock = new LoopLock();

	/** Made by the first timeout that is set, by way of {@link #TIMEOUT}. */
	private volatile @Nullable ReadTimeout timeout;

	/** Guarded by {@link #lock}: which reads may still wait, once the server stops. */
	private @Nullable StopWait stop;

	/**
	 * Sets the longest silence of the peer while a read waits. Without the lock: a
	 * listener may call it with the transport's lock held, which comes after this one.
	 */
	final void setTimeout(@Nullable Duration longest) {
		if (this.timeout == null && longest != null) {
			TIMEOUT.compareAndSet(this, null, new ReadTimeout(longest));
		}
		ReadTimeout timeout = this.timeout;
		if (timeout != null) {
			timeout.setLongest(longest);
		}
	}

	@Override
	public final @Nullable Duration readTimeout() {
		ReadTimeout timeout = this.timeout;
		return (timeout != null) ? timeout.longest() : null;
	}

	@Override
	public final long remainingNanos(Duration longest) {
		this.lock.lock();
		try {
			ReadTimeout timeout = this.timeout;
			return (timeout != null) ? timeout.remaining(longest) : Long.MAX_VALUE;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Plans a look at the pending asynchronous read. Call with {@link #lock} held. */
	final void watchReadTimeout() {
		ReadTimeout timeout = this.timeout;
		Transport transport = transport();
		if (timeout != null && transport != null) {
			timeout.watch(transport, this);
		}
	}

	/** No read waits any more: ends its timer. Call with {@link #lock} held. */
	final void cancelReadTimeout() {
		ReadTimeout timeout = this.timeout;
		if (timeout != null) {
			timeout.cancel();
		}
	}

	/** The peer is not silent. Call with {@link #lock} held. */
	final void noteArrival() {
		restartReadTimeout();
		if (this.stop != null) {
			this.stop.bytesArrived(System.nanoTime());
		}
	}

	/** A read begins to wait. Call with {@link #lock} held. */
	final void noteWait(ReadRequest<?> request) {
		restartReadTimeout();
		if (this.stop != null) {
			this.stop.readWaits(request, System.nanoTime());
		}
	}

	private void restartReadTimeout() {
		ReadTimeout timeout = this.timeout;
		if (timeout != null) {
			timeout.restart();
		}
	}

	/**
	 * Returns which reads may still wait, or {@code null} while the server does not stop.
	 * Call with {@link #lock} held.
	 */
	final @Nullable StopWait stop() {
		return this.stop;
	}

	/**
	 * The server stops: ends a wait for the first byte of a message, and every other wait
	 * when the peer was silent for the quiet period. Bytes that have arrived already come
	 * first. Event loop only.
	 */
	final void beginStop(Duration quietPeriod) {
		settle((read, input) -> {
			StopWait stop = stop(quietPeriod);
			if (read != null) {
				stop.planLook(System.nanoTime());
			}
			return false;
		});
		StopWait.answer(this);
	}

	/** The grace period of a stop is over: no read waits from now on. */
	final void noteGraceOver() {
		settle((read, input) -> {
			stop(Duration.ZERO).endGrace();
			return false;
		});
	}

	/** Ends the read that waits after the grace period of a stop. Event loop only. */
	final void endGrace() {
		settle((read, input) -> read != null && this.stop != null && this.stop.end(read, input));
	}

	/** Call with {@link #lock} held. */
	private StopWait stop(Duration quietPeriod) {
		StopWait stop = (this.stop != null) ? this.stop : new StopWait(this, quietPeriod, System.nanoTime());
		this.stop = stop;
		return stop;
	}

}
