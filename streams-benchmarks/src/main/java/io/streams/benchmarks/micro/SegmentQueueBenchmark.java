package io.streams.benchmarks.micro;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

import io.streams.buffer.SegmentQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Bytes put into a segment queue and taken out again, as a connection does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SegmentQueueBenchmark {

	@Param({ "64", "4096", "65536" })
	private int bytes = 64;

	private final SegmentQueue queue = new SegmentQueue();

	private ByteBuffer data = ByteBuffer.allocate(0);

	private byte[] array = new byte[0];

	@Setup
	public void makeData() {
		this.data = ByteBuffer.allocateDirect(this.bytes);
		this.array = new byte[this.bytes];
	}

	/** What a read off a socket and a read by the handler do. */
	@Benchmark
	public byte[] appendBufferAndTake() {
		this.queue.append(this.data.clear());
		return this.queue.take(this.bytes);
	}

	/** What a write by the handler and a write to a socket do. */
	@Benchmark
	public int appendArrayPeekAndSkip() {
		this.queue.append(this.array, 0, this.bytes);
		int segments = this.queue.peek(16).length;
		this.queue.skip(this.bytes);
		return segments;
	}

}
