package io.streams;

import java.time.Duration;
import java.util.Random;

import io.streams.flow.WaterMarks;

/**
 * The plan of a {@link SendingRound}.
 */
final class SendingPlan {

	/** Bytes a second of a client that is slow but steady. */
	private static final int STEADY_RATE = 800_000;

	final long seed;

	final PropertyKind kind;

	final HandlerEnd handlerEnd;

	final Client client;

	/** The client sends without end, and the handler does not read. */
	final boolean clientSends;

	final int total;

	final int largestPiece;

	/** Pieces after which the handler drains, or 0 for never. */
	final int drainEvery;

	final WaterMarks marks;

	final int sendBuffer;

	final int receiveBuffer;

	/** Bytes after which the client, or another thread of the server, ends. */
	final int endAfter;

	final Duration grace;

	SendingPlan(Random random) {
		this.seed = random.nextLong();
		this.kind = PropertyKind.random(random);
		this.client = randomClient(random);
		this.handlerEnd = PropertyRound.pick(random, HandlerEnd.values());
		// The JDK's TLS socket drops what it has received when a write fails.
		this.clientSends = !this.kind.isTls() && this.client != Client.HALF_CLOSES && random.nextInt(4) == 0;
		this.total = isSlow() ? 3_000_000 + random.nextInt(400_000) : PropertyRound.magnitude(random, 1_500_000);
		this.largestPiece = Math.max(PropertyRound.pick(random, 100, 4096, 40_000, 1_000_000), this.total / 300);
		this.drainEvery = PropertyRound.pick(random, 0, 1, 5);
		int high = PropertyRound.pick(random, 1024, 16_384, 65_536);
		this.marks = new WaterMarks(high / 4, high);
		this.sendBuffer = PropertyRound.pick(random, 0, 4096, 16_384, 65_536);
		this.receiveBuffer = PropertyRound.pick(random, 0, 4096, 16_384, 65_536);
		this.endAfter = random.nextInt(this.total);
		this.grace = PropertyRound.pick(random,
				new Duration[] { Duration.ZERO, Duration.ofMillis(100), Duration.ofSeconds(8) });
	}

	private static Client randomClient(Random random) {
		int choice = random.nextInt(20);
		if (choice < 2) {
			return (choice == 0) ? Client.STEADY : Client.IN_STEPS;
		}
		return PropertyRound.pick(random,
				new Client[] { Client.FAST, Client.FAST, Client.STOPS, Client.RESETS, Client.HALF_CLOSES });
	}

	boolean isSlow() {
		return this.client == Client.STEADY || this.client == Client.IN_STEPS;
	}

	/**
	 * How long the peer may take nothing: much longer than a slow client's steps, and
	 * than this process may stand still, but shorter than such a client needs for all.
	 */
	Duration stallTimeout() {
		return (this.client == Client.STOPS || this.client == Client.RESETS) ? Duration.ofMillis(300)
				: Duration.ofSeconds(3);
	}

	/** Bytes that a client reads at once. */
	int step() {
		return switch (this.client) {
			case STEADY -> 4096;
			case IN_STEPS -> 100_000;
			default -> 64 * 1024;
		};
	}

	/** Microseconds between the steps of a slow client. */
	long stepMicros() {
		return isSlow() ? step() * 1_000_000L / STEADY_RATE : 0;
	}

	/** Whether the client takes everything, as fast as it is. */
	boolean clientTakesAll() {
		return this.client != Client.STOPS && this.client != Client.RESETS;
	}

	@Override
	public String toString() {
		return this.kind + ", " + this.total + " bytes in pieces of up to " + this.largestPiece + ", drained every "
				+ this.drainEvery + ", marks " + this.marks.high() + ", send buffer " + this.sendBuffer
				+ ", receive buffer " + this.receiveBuffer + ", handler ends by " + this.handlerEnd + ", client "
				+ this.client + (this.clientSends ? " and sends" : "") + ", ends after " + this.endAfter + ", grace "
				+ this.grace;
	}

	/** How the handler ends, or who ends the connection under it. */
	enum HandlerEnd {

		RETURN,

		/** It closes, and waits for the end of that. */
		CLOSE,

		/** It ends its side, and reads up to the client's end. */
		WRITE_EOF,

		/** It aborts. */
		ABORT,

		/** It throws. */
		THROW,

		/** Another thread closes while it writes. */
		OTHER_CLOSES,

		/** Another thread aborts while it writes. */
		OTHER_ABORTS,

		/** The server stops while it writes. */
		STOP;

		boolean isAbort() {
			return this == ABORT || this == OTHER_ABORTS;
		}

	}

	/** The client's behaviour. */
	enum Client {

		FAST,

		/** It reads a little at a time, slowly but steadily. */
		STEADY,

		/** It reads much at a time, slowly but steadily. */
		IN_STEPS,

		/** It stops reading until the server has closed the connection. */
		STOPS,

		/** It resets. */
		RESETS,

		/** It ends its side first, and reads. */
		HALF_CLOSES

	}

}
