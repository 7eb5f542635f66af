package io.streams.memory;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Carries out a {@link FaultPlan} on one direction of a connection.
 */
final class PlannedFaults extends PipeFaults {

	/** Bytes that are on their way at once on a link with a rate or a delay. */
	private static final int LINK_WINDOW = 256 * 1024;

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	private final FaultPlan plan;

	private final Random random;

	private final LongSupplier clock;

	/** The bytes on their way, in the order of arrival. */
	private final Queue<Arrival> onTheWay = new ArrayDeque<>();

	private long written;

	private long arrived;

	private long read;

	/** When the link has sent what was written. */
	private long linkFreeAt;

	/** When the last byte arrives. */
	private long lastArrival;

	/** When the end arrives; {@link Long#MIN_VALUE} before it was sent. */
	private long endAt = Long.MIN_VALUE;

	PlannedFaults(FaultPlan plan, long seed, LongSupplier clock) {
		this.plan = plan;
		this.random = new Random(seed);
		this.clock = clock;
		this.linkFreeAt = clock.getAsLong();
		this.lastArrival = this.linkFreeAt;
	}

	@Override
	int window(int capacity) {
		return this.plan.hasLink() ? Math.max(capacity, LINK_WINDOW) : capacity;
	}

	@Override
	int writable(int length) {
		if (length == 0 || happens(this.plan.tryAgain())) {
			return 0;
		}
		int n = happens(this.plan.shortWrites()) ? 1 + this.random.nextInt(length) : length;
		return (int) Math.min(n, this.plan.resetAfter() - this.written);
	}

	@Override
	void written(int length) {
		this.written += length;
		if (length > 0 && this.plan.hasLink()) {
			this.onTheWay.add(new Arrival(arrivalOf(length), length));
		}
	}

	/** Bytes arrive in their order, whatever the jitter. */
	private long arrivalOf(int length) {
		long now = this.clock.getAsLong();
		long begin = (this.linkFreeAt - now > 0) ? this.linkFreeAt : now;
		this.linkFreeAt = begin + this.plan.nanosToSend(length);
		long at = this.linkFreeAt + this.plan.delayNanos() + jitter();
		this.lastArrival = (at - this.lastArrival > 0) ? at : this.lastArrival;
		return this.lastArrival;
	}

	private long jitter() {
		long bound = this.plan.jitterNanos();
		return (bound > 0) ? this.random.nextLong(bound) : 0;
	}

	@Override
	void ended() {
		if (this.plan.hasLink()) {
			this.endAt = arrivalOf(0);
		}
	}

	@Override
	boolean isCut() {
		return this.written >= this.plan.resetAfter();
	}

	@Override
	int arrived(int unread) {
		if (!this.plan.hasLink()) {
			return unread;
		}
		long now = this.clock.getAsLong();
		for (Arrival next; (next = this.onTheWay.peek()) != null && next.at() - now <= 0;) {
			this.arrived += this.onTheWay.remove().length();
		}
		return (int) (this.arrived - this.read);
	}

	@Override
	boolean isEndArrived() {
		return this.endAt == Long.MIN_VALUE || this.endAt - this.clock.getAsLong() <= 0;
	}

	@Override
	long nextArrival() {
		Arrival next = this.onTheWay.peek();
		if (next != null) {
			return next.at();
		}
		return isEndArrived() ? Long.MAX_VALUE : this.endAt;
	}

	@Override
	int readable(int length) {
		if (length == 0 || happens(this.plan.tryAgain())) {
			return 0;
		}
		return happens(this.plan.shortReads()) ? 1 + this.random.nextInt(length) : length;
	}

	@Override
	void read(int length) {
		this.read += length;
	}

	private boolean happens(double probability) {
		return probability > 0 && this.random.nextDouble() < probability;
	}

	/** How long a link with a rate takes to send bytes. */
	static long nanosToSend(int length, long bytesPerSecond) {
		return (bytesPerSecond > 0) ? length * NANOS_PER_SECOND / bytesPerSecond : 0;
	}

	/**
	 * Bytes that arrive together.
	 *
	 * @param at when, in nanoseconds of the network's clock
	 * @param length how many
	 */
	private record Arrival(long at, int length) {
	}

}
