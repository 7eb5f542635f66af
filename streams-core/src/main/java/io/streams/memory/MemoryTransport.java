package io.streams.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory. What one end writes, the other's protocol receives,
 * in chunks of a size that can be chosen, and with the same flow control as over a
 * socket: the write buffer is what the peer has not taken.
 * <p>
 * Its state is moved by its own event loop alone, but for the beginning of a close.
 */
public final class MemoryTransport implements Transport {

	private final String name;

	private final int chunk;

	private final SerialExecutor loop = new SerialExecutor();

	/** What this end writes. */
	private final Pipe output;

	/** What this end reads. */
	private final Pipe input;

	/** Set once, before the first event. */
	private @Nullable MemoryTransport peer;

	/** Set by {@link #open}; later by the event loop. */
	private volatile @Nullable Protocol protocol;

	/** Written under the output's lock. */
	private volatile TransportState state = TransportState.OPEN;

	private volatile boolean readingPaused;

	private volatile long lastActivity = System.nanoTime();

	/** Event loop only: the protocol knows that the input ended. */
	private boolean inputEnded;

	private MemoryTransport(String name, int chunk, Pipe output, Pipe input) {
		this.name = name;
		this.chunk = chunk;
		this.output = output;
		this.input = input;
	}

	/**
	 * Makes two ends of one connection. Neither has a protocol yet.
	 * @param chunk how many bytes a protocol receives at once at the most, 1 or more
	 * @return both ends
	 */
	public static MemoryTransport[] pair(int chunk) {
		if (chunk < 1) {
			throw new IllegalArgumentException("chunk is " + chunk + ": give 1 byte or more");
		}
		Pipe there = new Pipe();
		Pipe back = new Pipe();
		MemoryTransport left = new MemoryTransport("left", chunk, there, back);
		MemoryTransport right = new MemoryTransport("right", chunk, back, there);
		left.peer = right;
		right.peer = left;
		return new MemoryTransport[] { left, right };
	}

	/**
	 * Gives this end its protocol. Call once for each end, before either writes.
	 * @param protocol gets {@code connectionMade} before this method returns
	 */
	public void open(Protocol protocol) {
		this.protocol = protocol;
		protocol.connectionMade(this);
	}

	@Override
	public TransportInfo info() {
		return TransportInfo.NONE;
	}

	@Override
	public TransportState state() {
		return this.state;
	}

	@Override
	public void execute(Runnable task) {
		this.loop.execute(task);
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		CompletableFuture<@Nullable Void> due = new CompletableFuture<@Nullable Void>().completeOnTimeout(null,
				delay.toNanos(), TimeUnit.NANOSECONDS);
		due.thenRunAsync(task, this);
		return () -> due.cancel(false);
	}

	@Override
	public boolean inEventLoop() {
		return this.loop.isCurrent();
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, data.length);
		this.output.lock.lock();
		try {
			if (this.output.state() == Pipe.State.ENDED && this.state == TransportState.OPEN) {
				throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
			}
			if (this.output.state() == Pipe.State.OPEN) {
				this.output.append(data, offset, length);
				if (this.output.pausesNow()) {
					protocol().pauseWriting();
				}
			}
			else if (this.output.state() == Pipe.State.BROKEN) {
				execute(this::finishReset);
			}
		}
		finally {
			this.output.lock.unlock();
		}
		peer().wakeUp();
	}

	@Override
	public void write(ByteBuffer data) {
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		write(bytes, 0, bytes.length);
	}

	@Override
	public void flush() {
	}

	@Override
	public boolean canWriteEof() {
		return true;
	}

	@Override
	public void writeEof() {
		endOutput();
	}

	@Override
	public void pauseReading() {
		this.readingPaused = true;
	}

	@Override
	public void resumeReading() {
		this.readingPaused = false;
		wakeUp();
	}

	@Override
	public boolean isReading() {
		return this.state == TransportState.OPEN && !this.readingPaused;
	}

	@Override
	public long writeBufferSize() {
		this.output.lock.lock();
		try {
			return this.output.size();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public WaterMarks writeBufferLimits() {
		this.output.lock.lock();
		try {
			return this.output.marks();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
		this.output.lock.lock();
		try {
			this.output.setMarks(marks);
			if (this.output.pausesNow()) {
				protocol().pauseWriting();
			}
			resumeProtocol();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public PauseTimes writePauseTimes() {
		this.output.lock.lock();
		try {
			return this.output.pauseTimes();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public long idleNanos() {
		return Math.max(0, System.nanoTime() - this.lastActivity);
	}

	@Override
	public Protocol protocol() {
		Protocol protocol = this.protocol;
		if (protocol == null) {
			throw new IllegalStateException("this end has no protocol: call open on both ends first");
		}
		return protocol;
	}

	@Override
	public void setProtocol(Protocol protocol) {
		this.protocol = protocol;
	}

	@Override
	public void close() {
		this.output.lock.lock();
		try {
			if (this.state != TransportState.OPEN) {
				return;
			}
			this.state = TransportState.CLOSING;
		}
		finally {
			this.output.lock.unlock();
		}
		endOutput();
		wakeUp();
	}

	@Override
	public void abort(@Nullable IOException cause) {
		breakOff(this.output);
		breakOff(this.input);
		execute(() -> finish(cause));
		peer().execute(peer()::finishReset);
	}

	@Override
	public String toString() {
		return "MemoryTransport[" + this.name + ", " + this.state + "]";
	}

	private MemoryTransport peer() {
		return Objects.requireNonNull(this.peer);
	}

	private void wakeUp() {
		execute(this::receive);
	}

	private void endOutput() {
		this.output.lock.lock();
		try {
			this.output.end();
		}
		finally {
			this.output.lock.unlock();
		}
		peer().wakeUp();
	}

	private static void breakOff(Pipe pipe) {
		pipe.lock.lock();
		try {
			pipe.breakOff();
		}
		finally {
			pipe.lock.unlock();
		}
	}

	/** Takes what the peer wrote, as long as the protocol wants it. Event loop only. */
	private void receive() {
		byte[] data;
		while (isTaking() && (data = take()).length > 0) {
			this.lastActivity = System.nanoTime();
			if (this.state == TransportState.OPEN) {
				protocol().dataReceived(ByteBuffer.wrap(data));
			}
		}
		if (isTaking() && isInputAtEnd() && !this.inputEnded) {
			this.inputEnded = true;
			if (this.state == TransportState.OPEN && !protocol().eofReceived()) {
				close();
			}
		}
		finishIfDone();
	}

	private boolean isTaking() {
		return this.state != TransportState.CLOSED && (!this.readingPaused || this.state != TransportState.OPEN);
	}

	private byte[] take() {
		this.input.lock.lock();
		try {
			byte[] data = this.input.take(this.chunk);
			if (data.length > 0) {
				peer().sent(data.length);
			}
			return data;
		}
		finally {
			this.input.lock.unlock();
		}
	}

	private boolean isInputAtEnd() {
		this.input.lock.lock();
		try {
			return this.input.state() == Pipe.State.ENDED && this.input.size() == 0;
		}
		finally {
			this.input.lock.unlock();
		}
	}

	/** The peer took bytes. Called on the peer's loop, with the output's lock held. */
	private void sent(int count) {
		this.lastActivity = System.nanoTime();
		protocol().bytesSent(count);
		resumeProtocol();
		if (this.state == TransportState.CLOSING) {
			execute(this::finishIfDone);
		}
	}

	/** Call with the output's lock held. */
	private void resumeProtocol() {
		if (this.output.resumesNow()) {
			protocol().resumeWriting();
		}
	}

	private void finishIfDone() {
		if (this.state == TransportState.CLOSING && writeBufferSize() == 0) {
			finish(null);
		}
	}

	private void finishReset() {
		finish(new ConnectionResetException("Connection reset by peer", null));
	}

	private void finish(@Nullable IOException cause) {
		this.output.lock.lock();
		try {
			if (this.state == TransportState.CLOSED) {
				return;
			}
			this.state = TransportState.CLOSED;
		}
		finally {
			this.output.lock.unlock();
		}
		if (peer().writeBufferSize() > 0) {
			// Closed over unread bytes: as on a socket, their writer gets a reset.
			peer().execute(peer()::finishReset);
		}
		breakOff(this.input);
		protocol().connectionLost(cause);
	}

}
