package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

import org.jspecify.annotations.Nullable;

/**
 * Bytes over TLS. All connections share two buffers; each keeps only what it has of a
 * record that has not come whole.
 */
final class TlsWire implements Wire {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final SocketChannel channel;

	private final SSLEngine engine;

	private final ByteBuffer records;

	private final ByteBuffer outgoing;

	private byte @Nullable [] incomplete;

	private boolean begun;

	/**
	 * Create one.
	 * @param channel a channel that is connected, or will be before {@link #open()}
	 * @param engine a client's engine, new
	 * @param records holds encrypted bytes that come in, during a call
	 * @param outgoing holds encrypted bytes that go out, during a call
	 */
	TlsWire(SocketChannel channel, SSLEngine engine, ByteBuffer records, ByteBuffer outgoing) {
		this.channel = channel;
		this.engine = engine;
		this.records = records;
		this.outgoing = outgoing;
	}

	@Override
	public boolean open() throws IOException {
		if (!this.begun) {
			this.begun = true;
			this.engine.beginHandshake();
		}
		this.records.clear().flip();
		restore();
		try {
			while (this.engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
				if (!step()) {
					return false;
				}
			}
			return true;
		}
		finally {
			keepRest();
		}
	}

	/** One step of the handshake, unless bytes are missing. */
	private boolean step() throws IOException {
		switch (this.engine.getHandshakeStatus()) {
			case NEED_TASK -> this.engine.getDelegatedTask().run();
			case NEED_WRAP -> send(NOTHING.duplicate());
			default -> {
				ByteBuffer nothing = NOTHING.duplicate();
				SSLEngineResult result = this.engine.unwrap(this.records, nothing);
				if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
					return fill() > 0;
				}
				refuseEnd(result);
			}
		}
		return true;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		this.records.clear().flip();
		restore();
		int before = target.position();
		int n = fill();
		if (n < 0) {
			return n;
		}
		while (this.records.hasRemaining()) {
			SSLEngineResult result = this.engine.unwrap(this.records, target);
			refuseEnd(result);
			if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
				break;
			}
		}
		keepRest();
		return target.position() - before;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		int before = source.remaining();
		while (source.hasRemaining()) {
			send(source);
		}
		return before;
	}

	@Override
	public void end() throws IOException {
		this.engine.closeOutbound();
		this.engine.wrap(NOTHING.duplicate(), this.outgoing.clear());
		this.channel.write(this.outgoing.flip());
	}

	/**
	 * What is in flight is little: a socket that does not take it is the server's fault.
	 */
	private void send(ByteBuffer data) throws IOException {
		SSLEngineResult result = this.engine.wrap(data, this.outgoing.clear());
		refuseEnd(result);
		this.channel.write(this.outgoing.flip());
		if (this.outgoing.hasRemaining()) {
			throw new IOException("the server does not take what it is sent");
		}
	}

	private int fill() throws IOException {
		this.records.compact();
		int n = this.channel.read(this.records);
		this.records.flip();
		return n;
	}

	private void restore() {
		if (this.incomplete != null) {
			this.records.clear().put(this.incomplete).flip();
			this.incomplete = null;
		}
	}

	private void keepRest() {
		if (this.records.hasRemaining()) {
			this.incomplete = new byte[this.records.remaining()];
			this.records.get(this.incomplete);
		}
	}

	private static void refuseEnd(SSLEngineResult result) throws IOException {
		if (result.getStatus() == Status.CLOSED) {
			throw new EOFException("the server ended TLS");
		}
		if (result.getStatus() == Status.BUFFER_OVERFLOW) {
			throw new IOException("a buffer is too small: " + result);
		}
	}

}
