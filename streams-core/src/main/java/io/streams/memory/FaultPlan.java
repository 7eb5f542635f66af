package io.streams.memory;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Plans the faults of a network in memory: short reads and writes, calls that have to be
 * tried again, resets, a slow link, accepts that fail, and a limit of open sockets. Every
 * random choice follows from the seed.
 *
 * <pre>
 * FaultPlan plan = FaultPlan.builder().seed(42).shortWrites(0.5).delay(Duration.ofMillis(80)).build();
 * MemoryTransportFactory network = MemoryTransportFactory.builder().faults(plan).build();
 * </pre>
 *
 * Safe for use by any thread.
 *
 * @since 0.1
 */
public final class FaultPlan {

	/** No faults. */
	public static final FaultPlan NONE = builder().seed(0).build();

	private final long seed;

	private final double shortWrites;

	private final double shortReads;

	private final double tryAgain;

	private final long resetAfter;

	private final long bytesPerSecond;

	private final long delayNanos;

	private final long jitterNanos;

	private final double acceptFailures;

	private final int maxSockets;

	private FaultPlan(Builder builder) {
		this.seed = builder.seed;
		this.shortWrites = builder.shortWrites;
		this.shortReads = builder.shortReads;
		this.tryAgain = builder.tryAgain;
		this.resetAfter = builder.resetAfter;
		this.bytesPerSecond = builder.bytesPerSecond;
		this.delayNanos = builder.delay.toNanos();
		this.jitterNanos = builder.jitter.toNanos();
		this.acceptFailures = builder.acceptFailures;
		this.maxSockets = builder.maxSockets;
	}

	/**
	 * Returns a builder of a plan without faults.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the seed of all random choices. A test prints it when it fails.
	 * @return the seed
	 */
	public long seed() {
		return this.seed;
	}

	double shortWrites() {
		return this.shortWrites;
	}

	double shortReads() {
		return this.shortReads;
	}

	double tryAgain() {
		return this.tryAgain;
	}

	long resetAfter() {
		return this.resetAfter;
	}

	boolean hasLink() {
		return this.bytesPerSecond > 0 || this.delayNanos > 0 || this.jitterNanos > 0;
	}

	long nanosToSend(int length) {
		return PlannedFaults.nanosToSend(length, this.bytesPerSecond);
	}

	long delayNanos() {
		return this.delayNanos;
	}

	long jitterNanos() {
		return this.jitterNanos;
	}

	double acceptFailures() {
		return this.acceptFailures;
	}

	int maxSockets() {
		return this.maxSockets;
	}

	@Override
	public String toString() {
		return "FaultPlan[seed=" + this.seed + "]";
	}

	/** Builds a {@link FaultPlan}. Not safe for use by several threads. */
	public static final class Builder {

		private long seed = ThreadLocalRandom.current().nextLong();

		private double shortWrites;

		private double shortReads;

		private double tryAgain;

		private long resetAfter = Long.MAX_VALUE;

		private long bytesPerSecond;

		private Duration delay = Duration.ZERO;

		private Duration jitter = Duration.ZERO;

		private double acceptFailures;

		private int maxSockets = Integer.MAX_VALUE;

		private Builder() {
		}

		/**
		 * Sets the seed of all random choices. By default it is random.
		 * @param seed any number
		 * @return this builder
		 */
		public Builder seed(long seed) {
			this.seed = seed;
			return this;
		}

		/**
		 * Makes writes take a random part of their bytes, one byte or more.
		 * @param probability of each write, from 0 to below 1
		 * @return this builder
		 * @throws IllegalArgumentException if the probability is out of its range
		 */
		public Builder shortWrites(double probability) {
			this.shortWrites = requireProbability("shortWrites", probability);
			return this;
		}

		/**
		 * Makes reads return a random part of the bytes that arrived, one byte or more.
		 * @param probability of each read, from 0 to below 1
		 * @return this builder
		 * @throws IllegalArgumentException if the probability is out of its range
		 */
		public Builder shortReads(double probability) {
			this.shortReads = requireProbability("shortReads", probability);
			return this;
		}

		/**
		 * Makes reads and writes move nothing, like a system call that returns
		 * {@code EAGAIN}.
		 * @param probability of each read and each write, from 0 to below 1
		 * @return this builder
		 * @throws IllegalArgumentException if the probability is out of its range
		 */
		public Builder tryAgain(double probability) {
			this.tryAgain = requireProbability("tryAgain", probability);
			return this;
		}

		/**
		 * Resets each connection after a number of bytes in one direction. These bytes
		 * arrive; both ends then see the reset.
		 * @param bytes 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Builder resetAfter(long bytes) {
			if (bytes < 1) {
				throw new IllegalArgumentException("resetAfter is " + bytes + ": give 1 byte or more");
			}
			this.resetAfter = bytes;
			return this;
		}

		/**
		 * Sets the rate of each direction of a connection.
		 * @param bytesPerSecond 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the rate is less than 1
		 */
		public Builder rate(long bytesPerSecond) {
			if (bytesPerSecond < 1) {
				throw new IllegalArgumentException("rate is " + bytesPerSecond + ": give 1 byte per second or more");
			}
			this.bytesPerSecond = bytesPerSecond;
			return this;
		}

		/**
		 * Sets how much later than the send bytes arrive.
		 * @param delay by how much, 0 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the delay is negative
		 */
		public Builder delay(Duration delay) {
			this.delay = requireNotNegative("delay", delay);
			return this;
		}

		/**
		 * Adds a random time to the delay of each write. Bytes keep their order.
		 * @param jitter the upper bound of the added time, 0 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the jitter is negative
		 */
		public Builder jitter(Duration jitter) {
			this.jitter = requireNotNegative("jitter", jitter);
			return this;
		}

		/**
		 * Makes accepts fail as they do in a process without a free descriptor.
		 * @param probability of each accept, from 0 to below 1
		 * @return this builder
		 * @throws IllegalArgumentException if the probability is out of its range
		 */
		public Builder acceptFailures(double probability) {
			this.acceptFailures = requireProbability("acceptFailures", probability);
			return this;
		}

		/**
		 * Bounds the sockets of the network that are open at once: listeners, clients and
		 * accepted connections. Above the bound, connects and accepts fail.
		 * @param max 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Builder maxSockets(int max) {
			if (max < 1) {
				throw new IllegalArgumentException("maxSockets is " + max + ": give 1 or more");
			}
			this.maxSockets = max;
			return this;
		}

		/**
		 * Builds the plan.
		 * @return the plan
		 */
		public FaultPlan build() {
			return new FaultPlan(this);
		}

		private static double requireProbability(String name, double probability) {
			if (!(probability >= 0 && probability < 1)) {
				throw new IllegalArgumentException(
						name + " is " + probability + ": give a probability from 0 to below 1");
			}
			return probability;
		}

		private static Duration requireNotNegative(String name, Duration duration) {
			if (duration.isNegative()) {
				throw new IllegalArgumentException(name + " is " + duration + ": give 0 or more");
			}
			return duration;
		}

	}

}
