package io.streams.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.LoopLock;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

/**
 * One direction of a connection in memory: the bytes that were written and not yet read.
 * Both ends use it, on any thread. {@link #lock} guards everything in it.
 *
 * <pre>
 *   OPEN ──end──▶ ENDED
 *     ├─────────────┴──reset───▶ RESET  (the reader gets what is left, then the error)
 *     └──────close, from every state──▶ CLOSED (the reader has closed)
 * </pre>
 */
final class MemoryPipe {

	private enum State {

		OPEN, ENDED, RESET, CLOSED

	}

	private final ReentrantLock lock = new LoopLock();

	private final SegmentQueue bytes = new SegmentQueue();

	/** The maximum of bytes that one read returns. */
	private final int chunk;

	/** The maximum of bytes in the pipe. */
	private final int capacity;

	private final PipeFaults faults;

	private State state = State.OPEN;

	MemoryPipe(int chunk, int receiveBuffer, PipeFaults faults) {
		this.chunk = chunk;
		this.capacity = faults.window(Math.max(chunk, receiveBuffer));
		this.faults = faults;
	}

	/**
	 * Takes as many bytes as fit.
	 * @return how many
	 * @throws SocketErrorException if the reader has closed, or the connection was reset
	 */
	int write(ByteBuffer data) throws SocketErrorException {
		this.lock.lock();
		try {
			requireReader();
			int n = this.faults.writable(Math.min(data.remaining(), room()));
			append(data, n);
			this.faults.written(n);
			return n;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void append(ByteBuffer data, int length) {
		int limit = data.limit();
		try {
			this.bytes.append(data.limit(data.position() + length));
		}
		finally {
			data.limit(limit);
		}
	}

	/** Whether the fault plan cuts the connection here. */
	boolean isCut() {
		this.lock.lock();
		try {
			return this.faults.isCut();
		}
		finally {
			this.lock.unlock();
		}
	}

	private int room() {
		return (int) Math.max(0, this.capacity - this.bytes.size());
	}

	private void requireReader() throws SocketErrorException {
		if (this.state == State.RESET) {
			throw reset("Connection reset by peer");
		}
		if (this.state == State.CLOSED) {
			throw reset("Broken pipe");
		}
	}

	/**
	 * Reads the bytes that have arrived.
	 * @return how many bytes; 0 for none, and -1 at the end
	 * @throws SocketErrorException once all is read, if the connection was reset
	 */
	int read(ByteBuffer target) throws SocketErrorException {
		this.lock.lock();
		try {
			int n = this.faults.readable(Math.min(Math.min(arrived(), target.remaining()), this.chunk));
			if (n > 0) {
				int limit = target.limit();
				this.bytes.read(target.limit(target.position() + n));
				target.limit(limit);
				this.faults.read(n);
				return n;
			}
			if (!this.bytes.isEmpty() || !this.faults.isEndArrived()) {
				return 0;
			}
			return endOfInput();
		}
		finally {
			this.lock.unlock();
		}
	}

	private int endOfInput() throws SocketErrorException {
		return switch (this.state) {
			case OPEN -> 0;
			case ENDED -> -1;
			case RESET, CLOSED -> throw reset("Connection reset by peer");
		};
	}

	private int arrived() {
		return this.faults.arrived((int) this.bytes.size());
	}

	/** Whether a read has a result now. */
	boolean isReadable() {
		this.lock.lock();
		try {
			return arrived() > 0 || (this.bytes.isEmpty() && this.state != State.OPEN && this.faults.isEndArrived());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * When a read will have a result; {@link Long#MAX_VALUE} if nothing is on its way.
	 */
	long readableAt() {
		this.lock.lock();
		try {
			return this.faults.nextArrival();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether a write has a result, if the reader reads. */
	boolean isWritable() {
		this.lock.lock();
		try {
			return this.state != State.OPEN || room() > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether the reader has closed, or the connection was reset. */
	boolean isBroken() {
		this.lock.lock();
		try {
			return this.state == State.RESET || this.state == State.CLOSED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Bytes that were written and not yet read. */
	long size() {
		this.lock.lock();
		try {
			return this.bytes.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends the writer's side. */
	void end() {
		this.lock.lock();
		try {
			if (this.state == State.OPEN) {
				this.state = State.ENDED;
				this.faults.ended();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Resets the connection: the reader gets the bytes that are left, then the error. */
	void reset() {
		this.lock.lock();
		try {
			if (this.state != State.CLOSED) {
				this.state = State.RESET;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes the reader's end.
	 * @return whether it left bytes unread
	 */
	boolean close() {
		this.lock.lock();
		try {
			boolean unread = !this.bytes.isEmpty();
			this.state = State.CLOSED;
			this.bytes.clear();
			return unread;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static SocketErrorException reset(String message) {
		return new SocketErrorException(SocketError.CONNECTION_RESET, message, null);
	}

}
