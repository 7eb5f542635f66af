package io.streams.memory;

import java.nio.ByteBuffer;

/**
 * What one end reads: taken out of the pipe and handed to the protocol while the
 * transport is open, and dropped once it is being closed. Owned by one
 * {@link MemoryTransport}. Event loop only, but where it says otherwise.
 */
final class MemoryInput {

	/**
	 * Chunks that one end receives in one turn at the most, so that others have theirs.
	 */
	private static final int READS_PER_TURN = 16;

	/** Bytes that are read and dropped while lingering, at the most. */
	private static final long MAX_DISCARDED_BYTES = 16L * 1024 * 1024;

	private final MemoryTransport transport;

	/** The peer's output: its lock is the peer's. */
	private final Pipe pipe;

	/** Bytes that the protocol receives at once at the most. */
	private final int chunk;

	/** Written by the event loop: the peer ended its side. */
	private volatile boolean ended;

	/** When it did. */
	private long endedAt;

	/** Bytes that were dropped. */
	private long discarded;

	MemoryInput(MemoryTransport transport, Pipe pipe, int chunk) {
		this.transport = transport;
		this.pipe = pipe;
		this.chunk = chunk;
	}

	/** Whether the peer ended its side. Any thread. */
	boolean isEnded() {
		return this.ended;
	}

	/** When the input ended, if it has. */
	long endedAt() {
		return this.endedAt;
	}

	/** Whether nothing more is awaited of a peer that is no longer listened to. */
	boolean isAllHeard() {
		return this.ended || this.discarded > MAX_DISCARDED_BYTES;
	}

	/**
	 * Hands the protocol what there is.
	 * @return whether there may be more, for another turn
	 * @throws RuntimeException what the protocol threw
	 */
	boolean receive() {
		for (int i = 0; i < READS_PER_TURN && isReading(); i++) {
			byte[] data = take();
			if (data.length == 0) {
				endIfAtEnd();
				return false;
			}
			this.transport.received();
			this.transport.protocol().dataReceived(ByteBuffer.wrap(data));
		}
		return isReading();
	}

	private boolean isReading() {
		return this.transport.isReading() && !this.ended;
	}

	/**
	 * Delivers what is left of a broken connection's input, unless bytes before it were
	 * dropped.
	 */
	void receiveRest() {
		try {
			while (!this.ended && this.discarded == 0) {
				byte[] data = take();
				if (data.length == 0) {
					endIfAtEnd();
					return;
				}
				this.transport.protocol().dataReceived(ByteBuffer.wrap(data));
			}
		}
		catch (RuntimeException | Error ex) {
			// It is broken; the first failure is the one to tell.
			this.ended = true;
		}
	}

	/**
	 * Reads and drops, so that the close does not reset what the peer has yet to read.
	 */
	void drop() {
		this.pipe.lock.lock();
		try {
			long size = this.pipe.size();
			if (size > 0) {
				this.pipe.clear();
				this.transport.peer().taken(size);
			}
			this.discarded += size;
		}
		finally {
			this.pipe.lock.unlock();
		}
		if (!this.ended && isAtEnd()) {
			this.ended = true;
			if (this.discarded == 0) {
				// The protocol has received all that the peer had to say.
				this.transport.protocol().eofReceived();
			}
		}
	}

	/** Has the peer's writes fail from now on; answers whether anything was unread. */
	boolean breakOff() {
		this.pipe.lock.lock();
		try {
			boolean unread = !this.pipe.isEmpty();
			this.pipe.breakOff();
			return unread;
		}
		finally {
			this.pipe.lock.unlock();
		}
	}

	private byte[] take() {
		this.pipe.lock.lock();
		try {
			byte[] data = this.pipe.take(this.chunk);
			if (data.length > 0) {
				this.transport.peer().taken(data.length);
			}
			return data;
		}
		finally {
			this.pipe.lock.unlock();
		}
	}

	private void endIfAtEnd() {
		if (isAtEnd()) {
			this.endedAt = System.nanoTime();
			this.ended = true;
			if (!this.transport.protocol().eofReceived()) {
				this.transport.close();
			}
		}
	}

	private boolean isAtEnd() {
		this.pipe.lock.lock();
		try {
			return this.pipe.isAtEnd();
		}
		finally {
			this.pipe.lock.unlock();
		}
	}

}
