package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.transport.TransportState;

/**
 * What the peer sends: read off the socket and handed to the protocol while the transport
 * is open, and read and dropped once it is being closed. Owned by one
 * {@link SocketTransport}. Event loop only.
 */
final class SocketInput {

	/** Reads of what nobody waits for, in one turn, at the most. */
	private static final int READS_PER_TURN = 16;

	/** Bytes that are read and dropped while lingering, at the most. */
	private static final int MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

	private final SocketTransport transport;

	/** The peer ended its side. */
	private boolean ended;

	/** The protocol takes no more, though the peer may send some. */
	private boolean endedAbove;

	/** When the one or the other did. */
	private long endedAt;

	/** Bytes that were dropped, or one more than may be. */
	private int discarded;

	SocketInput(SocketTransport transport) {
		this.transport = transport;
	}

	boolean isEnded() {
		return this.ended;
	}

	/** Whether it is, or nobody is there to take it. */
	boolean isOver() {
		return this.ended || this.endedAbove;
	}

	/** When the input was {@linkplain #isOver() over}, if it is. */
	long endedAt() {
		return this.endedAt;
	}

	/** What comes from now on is no sign of life. */
	void endAbove() {
		if (!isOver()) {
			this.endedAbove = true;
			this.endedAt = this.transport.loop().now();
		}
	}

	/** Takes what there is, for the protocol or to drop it. */
	void read() {
		switch (this.transport.state()) {
			case OPEN -> {
				if (!this.ended) {
					receive();
				}
			}
			case CLOSING, LINGERING -> discard();
			case CLOSED -> {
			}
		}
	}

	/**
	 * Reads once. What is left is for the next turn: until then the handler has run, and
	 * what it waits for goes to it without a stay in the buffer.
	 */
	private void receive() {
		if (!this.transport.isReading()) {
			return;
		}
		try {
			ByteBuffer buffer = this.transport.loop().readBuffer();
			int n = this.transport.socket().read(buffer);
			if (n < 0) {
				end();
			}
			else if (n > 0) {
				if (!this.endedAbove) {
					this.transport.noteReceived();
				}
				this.transport.protocol().dataReceived(buffer.flip());
			}
		}
		catch (IOException ex) {
			this.transport.finish(IoFailures.typed(ex), false);
		}
		catch (RuntimeException | Error ex) {
			this.transport.finish(new IOException("Fatal error: the protocol failed to take the data it received", ex),
					true);
		}
	}

	private void end() {
		if (!isOver()) {
			this.endedAt = this.transport.loop().now();
		}
		this.ended = true;
		if (!this.transport.protocol().eofReceived()) {
			this.transport.close();
		}
		this.transport.deadlines().plan();
	}

	/**
	 * Reads what is left of a broken connection's input, as far as the reader wants it.
	 */
	void readRest() {
		try {
			for (int i = 0; i < READS_PER_TURN && !this.transport.isReadingPaused() && !this.ended; i++) {
				ByteBuffer buffer = this.transport.loop().readBuffer();
				if (this.transport.socket().read(buffer) <= 0) {
					return;
				}
				this.transport.protocol().dataReceived(buffer.flip());
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// It is broken; the first failure is the one to tell.
			this.ended = true;
		}
	}

	/**
	 * Reads and drops, so that the close does not reset what the peer has yet to read.
	 */
	private void discard() {
		try {
			for (int i = 0; i < READS_PER_TURN; i++) {
				int n = this.transport.socket().read(this.transport.loop().readBuffer());
				if (n < 0) {
					this.ended = true;
				}
				this.discarded = Math.min(this.discarded + Math.max(0, n), MAX_DISCARDED_BYTES + 1);
				if (n < EventLoop.READ_BYTES) {
					break;
				}
			}
			if (isLingering() && (this.ended || this.discarded > MAX_DISCARDED_BYTES)) {
				this.transport.finish(null, false);
			}
		}
		catch (IOException ex) {
			// After everything was sent, a reset is just another way to say goodbye.
			this.transport.finish(isLingering() ? null : IoFailures.typed(ex), false);
		}
	}

	private boolean isLingering() {
		return this.transport.state() == TransportState.LINGERING;
	}

}
