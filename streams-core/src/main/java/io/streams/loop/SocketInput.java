package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.TransportState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the peer sends: read off the socket and handed to the protocol while the transport
 * is open, and read and dropped once it is being closed. Owned by one
 * {@link SocketTransport}. Event loop only.
 */
final class SocketInput {

	private static final Logger logger = LoggerFactory.getLogger(SocketInput.class);

	/** Reads of what nobody waits for, in one turn, at the most. */
	private static final int READS_PER_TURN = 16;

	/**
	 * Bytes of a broken connection's input that are delivered at most. The system's
	 * receive buffer holds less: this bounds a peer that goes on sending meanwhile.
	 */
	private static final int MAX_REST_BYTES = 16 * 1024 * 1024;

	/**
	 * Bytes that are dropped while lingering, at most, once the peer has acknowledged
	 * everything: a peer may send without end.
	 */
	private static final int MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

	private final SocketTransport transport;

	/** The peer ended its side. */
	private boolean ended;

	/** The protocol takes no more, though the peer may send some. */
	private boolean endedAbove;

	/**
	 * When the input was {@linkplain #isOver() over}; while closing, when bytes were last
	 * dropped.
	 */
	private long endedAt;

	/**
	 * Bytes that were dropped, or one more than may be: what follows them is dropped too.
	 */
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

	/** When bytes of the peer were last dropped; {@code since} if that was before. */
	long discardedSince(long since) {
		return (isDiscarding() && this.endedAt - since > 0) ? this.endedAt : since;
	}

	/** What comes from now on is no sign of life. */
	void endAbove() {
		if (!isOver()) {
			this.endedAbove = true;
			this.endedAt = this.transport.loop().now();
		}
	}

	/** Event loop only: the protocol failed, and the connection is not closed yet. */
	private boolean failed;

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
		if (this.failed) {
			failed(new OutOfMemoryError("there was no memory to close the connection with"));
			return;
		}
		if (!this.transport.isReading()) {
			return;
		}
		try {
			ByteBuffer buffer = this.transport.loop().readBuffer();
			int allowance = this.transport.loop().relief().allowance(this.transport, buffer.capacity());
			if (allowance == 0) {
				this.transport.holdBack();
				return;
			}
			int n = this.transport.socket().read(buffer.limit(allowance));
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
			failed(ex);
		}
	}

	/** The protocol failed. Bytes are missing, so that nothing more may be read. */
	private void failed(Throwable ex) {
		this.failed = true;
		if (ex instanceof OutOfMemoryError) {
			MemoryReserve.release();
		}
		this.transport.finish(new IOException("Fatal error: the protocol failed to take the data it received", ex),
				true);
	}

	/** The system shows the peer's end of stream. */
	private void end() {
		if (this.transport.isAborted()) {
			return;
		}
		noteEnd();
		if (!this.transport.protocol().eofReceived()) {
			this.transport.close();
		}
		this.transport.deadlines().plan();
	}

	private void noteEnd() {
		if (!isOver()) {
			this.endedAt = this.transport.loop().now();
		}
		this.ended = true;
	}

	/**
	 * Delivers what the system holds of a broken connection's input, unless bytes before
	 * it were dropped.
	 * @param cause why the connection ends. After a deadline, an end of stream is the
	 * peer's. After an error it may be the error, which the system shows once only
	 */
	void readRest(IOException cause) {
		if (this.ended || isDiscarding()) {
			return;
		}
		try {
			int n = readRest();
			if (n < 0 && cause instanceof ConnectionTimeoutException) {
				noteEnd();
				this.transport.protocol().eofReceived();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// The connection is broken already, and its first failure is the one to tell.
			logger.debug("The rest of the input of {} could not be read", this.transport, ex);
		}
	}

	/** Answers what the last read did. */
	private int readRest() throws IOException {
		int n;
		int total = 0;
		do {
			ByteBuffer buffer = this.transport.loop().readBuffer();
			n = this.transport.socket().read(buffer);
			if (n > 0) {
				total += n;
				this.transport.protocol().dataReceived(buffer.flip());
			}
		}
		while (n > 0 && total < MAX_REST_BYTES);
		return n;
	}

	/**
	 * Reads and drops, so that the close does not reset what the peer has yet to read.
	 */
	private void discard() {
		try {
			for (int i = 0; i < READS_PER_TURN && !this.ended; i++) {
				int n = this.transport.socket().read(this.transport.loop().readBuffer());
				if (n > 0) {
					this.discarded = Math.min(this.discarded + n, MAX_DISCARDED_BYTES + 1);
					this.endedAt = this.transport.loop().now();
				}
				if (n < 0) {
					endWhileClosing();
				}
				if (n < EventLoop.READ_BYTES) {
					break;
				}
			}
			if (isLingering() && this.ended) {
				this.transport.finish(null, false);
			}
			else if (isLingering() && this.discarded > MAX_DISCARDED_BYTES) {
				discardedEnough(this.transport.socket().unacknowledged());
			}
		}
		catch (IOException ex) {
			// A peer that has read everything ends its side. One that resets has not.
			this.transport.finish(IoFailures.typed(ex), false);
		}
	}

	/** Without a byte dropped, the protocol has received all that the peer had to say. */
	private void endWhileClosing() {
		noteEnd();
		if (!isDiscarding()) {
			this.transport.protocol().eofReceived();
		}
	}

	private boolean isDiscarding() {
		return this.discarded > 0;
	}

	/** The close will reset a peer that goes on sending, so it must have received all. */
	private void discardedEnough(long unacknowledged) {
		if (unacknowledged == 0) {
			this.transport.finish(null, false);
		}
		else if (unacknowledged < 0) {
			this.transport.finish(new ConnectionLostException("The peer has sent " + MAX_DISCARDED_BYTES
					+ " bytes since the close, and the system does not tell whether it has received everything"), true);
		}
	}

	private boolean isLingering() {
		return this.transport.state() == TransportState.LINGERING;
	}

}
