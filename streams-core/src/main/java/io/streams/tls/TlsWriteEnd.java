package io.streams.tls;

import java.io.IOException;
import java.time.Duration;

import io.streams.transport.Transport;
import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * Ends the write side after {@code writeEof}. From TLS 1.3 on the {@code close_notify}
 * leaves after the queued bytes.
 * <p>
 * Before TLS 1.3 a {@code close_notify} ends both sides: the peer discards the bytes that
 * it has not sent yet (RFC 5246, section 7.2.1). There the alert leaves only when the
 * peer has ended its side, or the connection has been silent for a while.
 */
final class TlsWriteEnd {

	/** Longest silence to wait for; a server that stops waits for as long. */
	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

	private final TlsLink link;

	/** Event loop only. */
	private State state = State.SENDING;

	/** Event loop only. */
	private @Nullable Cancellable timer;

	private enum State {

		/** Bytes that were written before are not all encrypted. */
		SENDING,

		/** The {@code close_notify} waits until the connection is silent. */
		AWAITING_SILENCE,

		/** The {@code close_notify} was sent, or the connection is over. */
		DONE

	}

	TlsWriteEnd(TlsLink link) {
		this.link = link;
	}

	/**
	 * All queued bytes are encrypted, or the peer has ended its side. Event loop only.
	 */
	void proceed() {
		if (this.state == State.DONE) {
			return;
		}
		if (this.link.canEndOneSide() || this.link.readSide().isClosedByPeer()) {
			cancel();
			this.link.writeSide().sendCloseNotifyNow();
		}
		else if (this.state == State.SENDING) {
			this.state = State.AWAITING_SILENCE;
			waitFor(silence());
		}
	}

	/** Sends no {@code close_notify} from now on. Event loop only. */
	void cancel() {
		this.state = State.DONE;
		Cancellable pending = this.timer;
		if (pending != null) {
			pending.cancel();
		}
	}

	private Duration silence() {
		Duration timeout = this.link.options().shutdownTimeout();
		return (timeout.compareTo(LONGEST_SILENCE) < 0) ? timeout : LONGEST_SILENCE;
	}

	private void waitFor(Duration delay) {
		this.timer = this.link.lower().loop().executeLater(delay, this::timeElapsed);
	}

	private void timeElapsed() {
		if (this.state == State.AWAITING_SILENCE) {
			// After a stall of the process the peer's bytes may be there and yet unread.
			this.link.lower().lookForInput();
			this.link.lower().lookForRoom();
		}
		if (this.state != State.AWAITING_SILENCE || !this.link.isIn(TlsState.OPEN)) {
			return;
		}
		Transport lower = this.link.lower();
		Duration left = silence().minusNanos(lower.idleNanos());
		if (!lower.isReading() || lower.writeBufferSize() > 0) {
			// The peer cannot answer yet, or the handler has not read its answer.
			waitFor(silence());
		}
		else if (left.isPositive()) {
			waitFor(left);
		}
		else {
			cancel();
			this.link.writeSide().sendCloseNotifyNow();
		}
	}

}
