package io.streams;

import io.streams.flow.FairYield;

import org.jspecify.annotations.Nullable;

/**
 * The handler of a connection: its thread, whether it runs, and for how long it has done
 * so without a wait. It is a superclass of {@link ConnectionCore}, so that a connection
 * has one object for all parts.
 */
abstract class HandlerTurn implements InputListener {

	/** Bytes after which a writer that never has to wait lets others run. */
	private static final int TURN_BYTES = 256 * 1024;

	/**
	 * How long a handler on a virtual thread may run without a wait before a call yields:
	 * about 5 ms, in {@linkplain #ticks ticks}.
	 */
	private static final int TURN_TICKS = 5 * 1000;

	/** Calls as close as this, about 100 µs, are not looked at one by one. */
	private static final int CLOSE_TICKS = 100;

	/** Calls that are passed over after two close ones. */
	private static final int CLOSE_CALLS = 8;

	/** Calls that are passed over after a wait: to read, to write and to drain. */
	private static final int CALLS_AFTER_WAIT = 3;

	/** The cost of a write and its drain besides their bytes, in bytes. */
	private static final int COST_OF_WRITE = 1024;

	/** The thread that runs the handler, if one does. Written by two threads in turn. */
	private volatile @Nullable Thread handlerThread;

	/** Changed by the thread that starts the handler, and by the one that ends it. */
	private volatile HandlerState handler = HandlerState.NONE;

	/**
	 * Bytes written since the handler last waited. A hint, for any thread: after a lost
	 * update a writer yields a little later.
	 */
	private long writtenInTurn;

	/**
	 * When the handler began to run without a wait, in ticks; 0 if that is not known yet.
	 * A hint, like the two below: written by the handler's thread, and by others that
	 * write to the connection. After a lost update a handler yields earlier or later.
	 */
	private int busySince;

	/** When the time was last looked at, in ticks. */
	private int lookedAt;

	/** Calls to come that do not look at the time. */
	private int skippedCalls;

	final void noteHandlerStarted(@Nullable Thread thread) {
		this.handlerThread = thread;
		this.handler = HandlerState.RUNNING;
	}

	/** The handler has returned, or the connection was abandoned. */
	final void noteReleased() {
		this.handlerThread = null;
		this.handler = HandlerState.RELEASED;
	}

	final @Nullable Thread handlerThread() {
		return this.handlerThread;
	}

	final boolean isHandlerRunning() {
		return this.handler == HandlerState.RUNNING;
	}

	/** Whether the handler has returned; bytes written from now on are dropped. */
	final boolean isReleased() {
		return this.handler == HandlerState.RELEASED;
	}

	final void noteWrite(long bytes) {
		this.writtenInTurn += bytes + COST_OF_WRITE;
	}

	/** The handler waits, and so leaves its carrier to others. */
	@Override
	public final void noteWait() {
		this.writtenInTurn = 0;
		this.busySince = 0;
		this.skippedCalls = CALLS_AFTER_WAIT;
	}

	/** The handler begins to run. */
	final void noteStart(long now) {
		this.busySince = ticks(now);
		this.lookedAt = this.busySince;
	}

	/** The handler has yielded, and goes on. */
	@Override
	public final void noteYield() {
		this.writtenInTurn = 0;
		noteStart(System.nanoTime());
		this.skippedCalls = 0;
	}

	/**
	 * Whether a writer has to yield: it wrote so much without a wait, or its handler ran
	 * for too long. Few handlers ever get there: most wait for a request before they have
	 * answered so many.
	 */
	final boolean isWaitOverdue() {
		return this.writtenInTurn > FairYield.turn(TURN_BYTES) || isTurnOver();
	}

	/**
	 * Whether the calling thread is the handler's, is virtual, and has run for too long
	 * without a wait. Every call of a handler asks, and most do not look at the time:
	 * calls that follow a wait or each other closely are passed over.
	 */
	@Override
	public final boolean isTurnOver() {
		if (this.skippedCalls > 0) {
			this.skippedCalls--;
			return false;
		}
		Thread thread = Thread.currentThread();
		if (thread != this.handlerThread || !thread.isVirtual()) {
			return false;
		}
		int now = ticks(System.nanoTime());
		this.skippedCalls = (now - this.lookedAt < CLOSE_TICKS) ? CLOSE_CALLS : 0;
		this.lookedAt = now;
		if (this.busySince == 0) {
			this.busySince = now;
		}
		int ran = now - this.busySince;
		// Negative after half an hour.
		return ran > FairYield.turn(TURN_TICKS) || ran < 0;
	}

	/** A reading of the monotonic clock in ticks of 1024 ns; it overflows. */
	private static int ticks(long nanos) {
		return (int) (nanos >> 10);
	}

}
