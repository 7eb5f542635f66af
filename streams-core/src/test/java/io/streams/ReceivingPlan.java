package io.streams;

import java.time.Duration;
import java.util.Random;

import io.streams.PatternReader.Kind;

import org.jspecify.annotations.Nullable;

/**
 * The plan of a {@link ReceivingRound}.
 */
final class ReceivingPlan {

	/** The longest silence, of a connection or of a read. */
	static final Duration SILENCE = Duration.ofMillis(400);

	static final Duration QUIET = Duration.ofMillis(150);

	private static final int MAX_LINE = 500;

	final long seed;

	final PropertyKind kind;

	final PeerEnd peerEnd;

	final LocalEnd localEnd;

	/** Where both end: which one is first. */
	final boolean peerFirst;

	final int limit;

	final int line;

	final long total;

	final int largestPiece;

	final boolean slow;

	final int receiveBuffer;

	/** The kind of the handler's reads, or {@code null} for all kinds in turn. */
	final @Nullable Kind readKind;

	final Release release;

	/** Bytes that the handler reads before it is busy. */
	final long busyAfter;

	/** An operator pauses reading until the handler is released. */
	final boolean held;

	final Duration grace;

	ReceivingPlan(Random random) {
		this.seed = random.nextLong();
		this.kind = PropertyKind.random(random);
		int who = random.nextInt(10);
		this.peerEnd = (who < 6 || who == 9) ? randomPeerEnd(random) : PeerEnd.NONE;
		this.localEnd = (who >= 6) ? randomLocalEnd(random) : LocalEnd.NONE;
		this.peerFirst = random.nextBoolean();
		this.limit = PropertyRound.pick(random, 64, 1024, 1024, 8192, 65_536);
		this.line = 2 + random.nextInt(Math.min(this.limit, MAX_LINE) - 2);
		this.total = this.kind.transport().scaled(PropertyRound.magnitude(random, Math.min(this.limit * 400, 600_000)));
		this.largestPiece = PropertyRound.pick(random, 10, 512, 4096, 20_000);
		this.slow = random.nextInt(4) == 0 && this.total / this.largestPiece < 200;
		this.receiveBuffer = PropertyRound.pick(random, 0, 0, 4096, 65_536);
		this.readKind = random.nextBoolean() ? PropertyRound.pick(random, Kind.values()) : null;
		this.release = randomRelease(random);
		this.busyAfter = random.nextBoolean() ? 0 : random.nextInt((int) this.total + 1);
		this.held = this.localEnd != LocalEnd.READ_TIMEOUT && random.nextInt(5) == 0;
		this.grace = PropertyRound.pick(random, new Duration[] { Duration.ZERO, Duration.ofSeconds(5) });
	}

	private PeerEnd randomPeerEnd(Random random) {
		PeerEnd end = PropertyRound.pick(random, PeerEnd.values());
		return switch (end) {
			case NONE -> PeerEnd.FIN;
			case TRUNCATE -> this.kind.isTls() ? end : PeerEnd.resetOf(this.kind);
			case RESET -> PeerEnd.resetOf(this.kind);
			case CLOSE_UNREAD -> (this.kind == PropertyKind.MEMORY || this.kind.isTls()) ? PeerEnd.RESET : end;
			default -> end;
		};
	}

	private LocalEnd randomLocalEnd(Random random) {
		LocalEnd end = PropertyRound.pick(random, LocalEnd.values());
		return (end == LocalEnd.NONE) ? LocalEnd.STOP : end;
	}

	/** Where a busy handler keeps the end from being seen, it is not waited for. */
	private Release randomRelease(Random random) {
		Release release = PropertyRound.pick(random, Release.values());
		boolean seen = switch (this.localEnd) {
			case CLOSE, ABORT, IDLE_TIMEOUT -> true;
			case READ_TIMEOUT, STOP -> false;
			case NONE -> this.peerEnd == PeerEnd.RESET || this.peerEnd == PeerEnd.CLOSE_UNREAD;
		};
		return (release == Release.AFTER_END_WAS_SEEN && !seen) ? Release.AFTER_END_WAS_SENT : release;
	}

	@Override
	public String toString() {
		return this.kind + ", " + this.total + " bytes in pieces of up to " + this.largestPiece
				+ (this.slow ? ", slowly" : "") + ", lines of " + this.line + ", limit " + this.limit
				+ ", receive buffer " + this.receiveBuffer + ", ends: peer " + this.peerEnd + ", local " + this.localEnd
				+ (this.peerFirst ? ", peer first" : ", local first") + ", read by "
				+ ((this.readKind != null) ? this.readKind : "all kinds") + ", " + this.release + " after "
				+ this.busyAfter + " bytes" + (this.held ? ", held" : "") + ", grace " + this.grace;
	}

	/** How the peer ends. */
	enum PeerEnd {

		/** It does not. */
		NONE,

		/** It ends its side, with a close_notify over TLS, and reads on. */
		FIN,

		/** It closes its socket. */
		CLOSE,

		RESET,

		/** It closes its socket over unread bytes, which resets. */
		CLOSE_UNREAD,

		/** It ends its side without a close_notify. */
		TRUNCATE;

		/** A Unix socket cannot be reset but by unread bytes. */
		private static PeerEnd resetOf(PropertyKind kind) {
			return (kind == PropertyKind.UNIX) ? CLOSE_UNREAD : RESET;
		}

	}

	/** How the server ends. */
	enum LocalEnd {

		NONE, CLOSE, ABORT, STOP, IDLE_TIMEOUT, READ_TIMEOUT

	}

	/** Until when the handler is busy. */
	enum Release {

		NOT_BUSY, AFTER_END_WAS_SENT, AFTER_END_WAS_SEEN

	}

}
