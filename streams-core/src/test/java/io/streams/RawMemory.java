package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.WaterMarks;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * The plainest blocking client of an in-memory server: nothing of the library's readers
 * and writers is in it. What it has not read waits in a buffer of its own, as in a
 * socket's, and with the peer once that is full.
 */
final class RawMemory implements RawLink, Protocol {

	private static final int DEFAULT_BUFFER = 64 * 1024;

	/** No deadlines: it is the other end that is under test. */
	private static final TransportOptions OPTIONS = TestNetwork
		.transportOptions((options) -> options.waterMarks(new WaterMarks(0, 16 * 1024))
			.lingerTimeout(Duration.ZERO)
			.halfClosedTimeout(null)
			.writeStallTimeout(null));

	private final int bufferSize;

	/** Set by the event loop, before anything else happens. */
	private volatile @Nullable Transport transport;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition moved = this.lock.newCondition();

	/** Guarded by {@link #lock}, as are the following. */
	private final Queue<ByteBuffer> received = new ArrayDeque<>();

	private int buffered;

	private boolean inputEnded;

	private boolean writingPaused;

	private boolean lost;

	private @Nullable IOException cause;

	RawMemory(TransportFactory transports, SocketAddress address, int receiveBuffer) {
		this.bufferSize = (receiveBuffer > 0) ? receiveBuffer : DEFAULT_BUFFER;
		ClientTransportOptions options = ClientTransportOptions.builder()
			.timeout(Duration.ofSeconds(5))
			.transport(OPTIONS)
			.build();
		transports.connect(address, options, this).join();
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		this.lock.lock();
		try {
			while (this.received.isEmpty() && !this.inputEnded && !this.lost) {
				this.moved.awaitUninterruptibly();
			}
			ByteBuffer first = this.received.peek();
			if (first == null) {
				return endOfInput();
			}
			int n = Math.min(first.remaining(), target.remaining());
			target.put(first.slice().limit(n));
			first.position(first.position() + n);
			if (!first.hasRemaining()) {
				this.received.remove();
			}
			this.buffered -= n;
			if (this.buffered < this.bufferSize) {
				transport().resumeReading();
			}
			return n;
		}
		finally {
			this.lock.unlock();
		}
	}

	private int endOfInput() throws IOException {
		if (this.inputEnded) {
			return -1;
		}
		throw failure();
	}

	private Transport transport() {
		return Objects.requireNonNull(this.transport);
	}

	private IOException failure() {
		return (this.cause != null) ? this.cause : new ClosedChannelException();
	}

	@Override
	public void write(ByteBuffer source) throws IOException {
		awaitRoom();
		ByteBuffer some = source.slice().limit(Math.min(source.remaining(), 8 * 1024));
		source.position(source.position() + some.remaining());
		transport().write(some);
		transport().flush();
	}

	private void awaitRoom() throws IOException {
		this.lock.lock();
		try {
			while (this.writingPaused && !this.lost) {
				this.moved.awaitUninterruptibly();
			}
			if (this.lost) {
				throw failure();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void limitUnread(int bytes) {
		transport().setWriteBufferLimits(new WaterMarks(0, bytes));
	}

	@Override
	public void shutdownOutput() {
		transport().writeEof();
	}

	@Override
	public void reset() {
		transport().abort();
	}

	@Override
	public void close() {
		transport().close();
	}

	// The protocol

	@Override
	public void connectionMade(Transport transport) {
		this.transport = transport;
	}

	@Override
	public void dataReceived(ByteBuffer data) {
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		note(() -> {
			this.received.add(ByteBuffer.wrap(bytes));
			this.buffered += bytes.length;
			if (this.buffered >= this.bufferSize) {
				transport().pauseReading();
			}
		});
	}

	@Override
	public boolean eofReceived() {
		note(() -> this.inputEnded = true);
		return true;
	}

	@Override
	public void pauseWriting() {
		note(() -> this.writingPaused = true);
	}

	@Override
	public void resumeWriting() {
		note(() -> this.writingPaused = false);
	}

	@Override
	public void connectionLost(@Nullable IOException cause) {
		note(() -> {
			this.lost = true;
			this.cause = cause;
		});
	}

	private void note(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			this.moved.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
