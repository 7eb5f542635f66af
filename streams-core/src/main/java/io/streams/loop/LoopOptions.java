package io.streams.loop;

/**
 * Options of event loops: their number and their kind of thread. Immutable;
 * {@link #builder()} and {@link #toBuilder()} make others.
 *
 * @since 0.1
 */
public final class LoopOptions {

	/** The default options: one virtual-thread loop per available processor. */
	public static final LoopOptions DEFAULT = builder().build();

	private final int loops;

	private final LoopThreads threads;

	private LoopOptions(Builder builder) {
		if (builder.loops < 0) {
			throw new IllegalArgumentException(
					"loops is " + builder.loops + ": give 0 for one per processor, or a number");
		}
		this.loops = builder.loops;
		this.threads = builder.threads;
	}

	/**
	 * Makes a builder that starts with the default options.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes a builder that starts with these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder().loops(this.loops).threads(this.threads);
	}

	/**
	 * Returns the number of event loops.
	 * @return the number, or 0 for one per available processor
	 */
	public int loops() {
		return this.loops;
	}

	/**
	 * Returns the kind of thread that each event loop runs on.
	 * @return the kind
	 */
	public LoopThreads threads() {
		return this.threads;
	}

	/** Returns the number of loops to make, 1 or more. */
	int count() {
		return (this.loops > 0) ? this.loops : Runtime.getRuntime().availableProcessors();
	}

	/** Builds {@link LoopOptions}; not safe for use by several threads. */
	public static final class Builder {

		private int loops;

		private LoopThreads threads = LoopThreads.VIRTUAL;

		private Builder() {
		}

		/**
		 * Sets the number of event loops.
		 * @param loops the number; 0, the default, for one per available processor
		 * @return this builder
		 */
		public Builder loops(int loops) {
			this.loops = loops;
			return this;
		}

		/**
		 * Sets the kind of thread that each event loop runs on.
		 * @param threads the kind; {@link LoopThreads#VIRTUAL} by default
		 * @return this builder
		 */
		public Builder threads(LoopThreads threads) {
			this.threads = threads;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if the number of loops is negative
		 */
		public LoopOptions build() {
			return new LoopOptions(this);
		}

	}

}
