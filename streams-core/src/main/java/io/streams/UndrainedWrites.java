package io.streams;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes that threads wrote during one pause of writing, and did not drain. Safe for use
 * by any thread.
 */
final class UndrainedWrites {

	/** Bytes by the thread that wrote them, since its last drain. */
	private final Map<Thread, Long> byThread = new ConcurrentHashMap<>();

	/** Bytes of threads that have ended, and will not drain any more. */
	private final LongAdder ended = new LongAdder();

	/**
	 * Notes a write of the calling thread.
	 * @param bytes how many bytes it writes now
	 * @return how many bytes were written before without a drain, by the calling thread
	 * and by threads that have ended
	 */
	long note(long bytes) {
		this.byThread.keySet().forEach(this::noteEnd);
		long own = this.byThread.merge(Thread.currentThread(), bytes, Long::sum) - bytes;
		return own + this.ended.sum();
	}

	private void noteEnd(Thread thread) {
		if (!thread.isAlive()) {
			Long bytes = this.byThread.remove(thread);
			this.ended.add((bytes != null) ? bytes : 0);
		}
	}

	/** The calling thread drains. */
	void drained() {
		this.byThread.remove(Thread.currentThread());
	}

}
