package io.streams;

import java.time.Duration;
import java.util.Random;

/**
 * The plan of a {@link StoppingRound}.
 */
final class StoppingPlan {

	private static final Duration QUIET = Duration.ofMillis(300);

	/** Handlers in {@code awaitInput} end at once, and not after so long. */
	private static final Duration LONG_QUIET = Duration.ofSeconds(8);

	/** Much longer than a round. */
	private static final Duration LONG_GRACE = Duration.ofSeconds(20);

	private static final Duration SHORT_GRACE = Duration.ofMillis(400);

	/** A client is silent for this long at most, in the middle of a message. */
	private static final int MAX_PAUSE_MILLIS = 50;

	final long seed;

	final PropertyKind kind;

	final Style style;

	final int clients;

	final int requests;

	final int largestBody;

	/** The first client's request that the stop interrupts. */
	final int stopIn;

	/** The piece of that request after which it stops. */
	final int stopAfterPiece;

	final long stopDelayMicros;

	/** The first client never ends its upload, nor is it silent. */
	final boolean endless;

	/** Clients send the next request before they have the answer to the last. */
	final boolean pipelined;

	StoppingPlan(Random random) {
		this.seed = random.nextLong();
		this.kind = PropertyKind.random(random);
		this.style = randomStyle(random);
		this.clients = 1 + random.nextInt(3);
		this.requests = 1 + random.nextInt(4);
		this.largestBody = this.kind.transport().scaled(PropertyRound.pick(random, 64, 2_000, 100_000));
		this.stopIn = random.nextInt(this.requests + 1);
		this.stopAfterPiece = random.nextInt(4);
		this.stopDelayMicros = random.nextBoolean() ? 0 : random.nextInt(20_000);
		this.pipelined = random.nextInt(3) == 0;
		this.endless = this.style.isUpload() && random.nextInt(4) == 0;
	}

	/** In TLS 1.2 the end of an upload is that of the connection: there is no answer. */
	private Style randomStyle(Random random) {
		Style style = PropertyRound.pick(random, Style.values());
		return (style.isUpload() && this.kind == PropertyKind.TLS_1_2) ? Style.EXACTLY : style;
	}

	Duration quiet() {
		return (this.style == Style.AWAITED) ? LONG_QUIET : QUIET;
	}

	Duration grace() {
		return this.endless ? SHORT_GRACE : LONG_GRACE;
	}

	/** How long a stop may take, on an idle machine. */
	Duration longestStop() {
		if (this.endless) {
			return SHORT_GRACE.plusSeconds(2);
		}
		return (this.style == Style.AWAITED) ? Duration.ZERO : QUIET;
	}

	/** The longest silence in a request that the server must answer. */
	Duration longestPause() {
		return quiet().dividedBy(2);
	}

	/**
	 * Splits a message: returns the lengths of its pieces. The first one is short, and
	 * often just the head.
	 */
	int[] pieces(Random random, int length) {
		int count = Math.min(length, 1 + random.nextInt(4));
		int[] pieces = new int[count];
		int left = length;
		for (int i = 0; i < count - 1; i++) {
			int most = left - (count - 1 - i);
			pieces[i] = 1 + random.nextInt((i == 0) ? Math.min(most, 6) : most);
			if (i == 0 && most >= 4 && random.nextBoolean()) {
				pieces[i] = 4;
			}
			left -= pieces[i];
		}
		pieces[count - 1] = left;
		return pieces;
	}

	/** Microseconds before a piece; there are some where the server stops. */
	long pauseMicros(Random random, int request, int piece) {
		if (request == this.stopIn && piece == this.stopAfterPiece + 1) {
			return this.stopDelayMicros + MAX_PAUSE_MILLIS * 1000L;
		}
		return random.nextInt(3) == 0 ? random.nextInt(MAX_PAUSE_MILLIS * 1000) : 0;
	}

	@Override
	public String toString() {
		return this.kind + ", " + this.style + ", " + this.clients + " clients, " + this.requests
				+ " requests of up to " + this.largestBody + " bytes" + (this.pipelined ? ", pipelined" : "")
				+ (this.endless ? ", endless" : "") + ", stop in request " + this.stopIn + " after piece "
				+ this.stopAfterPiece + " and " + this.stopDelayMicros + " us";
	}

	/** How the handler reads a request. */
	enum Style {

		/** {@code awaitInput}, and a frame by {@code readExactly}. */
		AWAITED,

		/** {@code readExactly} twice. */
		EXACTLY,

		/** {@code readExactlyAsync} twice. */
		LATER,

		/** A {@code DataInputStream} over the reader. */
		STREAM,

		/** {@code read(n)} until the frame is there. */
		SOME,

		/** Lines: the length, and the body in another one. */
		LINES,

		/** Everything up to the end of the input is one message, by {@code read()}. */
		UPLOAD,

		/** The same by {@code transferTo}. */
		UPLOAD_STREAM,

		/** The same by a loop of {@code read(n)}. */
		UPLOAD_LOOP;

		boolean isUpload() {
			return this.ordinal() >= UPLOAD.ordinal();
		}

	}

}
