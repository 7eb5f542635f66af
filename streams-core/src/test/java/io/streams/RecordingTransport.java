package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportLoop;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * A transport without a socket that notes what is asked of it. Runs what it is given at
 * once. Not safe for use by several threads.
 */
class RecordingTransport implements Transport, TransportLoop {

	private final List<String> calls = new ArrayList<>();

	private final ByteArrayOutputStream written = new ByteArrayOutputStream();

	private TransportState state = TransportState.OPEN;

	private boolean reading = true;

	private boolean eventLoop;

	/** What was asked since the last call: pause, resume, flush is not noted. */
	List<String> takeCalls() {
		List<String> taken = List.copyOf(this.calls);
		this.calls.clear();
		return taken;
	}

	byte[] written() {
		return this.written.toByteArray();
	}

	void setEventLoop(boolean eventLoop) {
		this.eventLoop = eventLoop;
	}

	@Override
	public void execute(Runnable command) {
		command.run();
	}

	@Override
	public TransportInfo info() {
		return TransportInfo.NONE;
	}

	@Override
	public TransportLoop loop() {
		return this;
	}

	@Override
	public TransportState state() {
		return this.state;
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		this.written.write(data, offset, length);
	}

	@Override
	public void write(ByteBuffer data) {
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		this.written.writeBytes(bytes);
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
		this.calls.add("writeEof");
	}

	@Override
	public void pauseReading() {
		this.reading = false;
		this.calls.add("pause");
	}

	@Override
	public void resumeReading() {
		this.reading = true;
		this.calls.add("resume");
	}

	@Override
	public boolean isReading() {
		return this.reading;
	}

	@Override
	public long writeBufferSize() {
		return 0;
	}

	@Override
	public WaterMarks writeBufferLimits() {
		return WaterMarks.DEFAULT;
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
	}

	@Override
	public long maxWriteBuffer() {
		return 0;
	}

	@Override
	public PauseTimes writePauseTimes() {
		return PauseTimes.NONE;
	}

	@Override
	public long idleNanos() {
		return 0;
	}

	@Override
	public Protocol protocol() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void setProtocol(Protocol protocol) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close() {
		this.state = TransportState.CLOSING;
		this.calls.add("close");
	}

	@Override
	public void abort(@Nullable IOException cause) {
		this.state = TransportState.CLOSED;
		this.calls.add("abort");
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean inEventLoop() {
		return this.eventLoop;
	}

}
