package io.streams.loop;

/**
 * How many event loops there are, and of what kind.
 *
 * @param loops the number of loops; 0 for one per available processor
 * @param threads what kind of thread each is
 */
public record LoopOptions(int loops, LoopThreads threads) {

	/** One virtual-thread loop per available processor. */
	public static final LoopOptions DEFAULT = new LoopOptions(0, LoopThreads.VIRTUAL);

	public LoopOptions {
		if (loops < 0) {
			throw new IllegalArgumentException("loops is " + loops + ": give 0 for one per processor, or a number");
		}
	}

	int count() {
		return (this.loops > 0) ? this.loops : Runtime.getRuntime().availableProcessors();
	}

}
