package io.streams.benchmarks.micro;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamPair;
import io.streams.benchmarks.contestant.StarterListeners;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A line through a connection in memory, with and without somebody who counts its bytes:
 * the difference is what a listener costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ListenerBenchmark {

	private static final byte[] LINE = ("x".repeat(63) + "\n").getBytes(StandardCharsets.US_ASCII);

	@Param({ "none", "counting", "starter" })
	private String listener = "none";

	private StreamPair pair = StreamPair.create();

	@Setup
	public void connect() {
		this.pair.close();
		this.pair = StreamPair.create(LINE.length, listener());
	}

	private StreamListener listener() {
		return switch (this.listener) {
			case "counting" -> new Counting();
			case "starter" -> StarterListeners.create("benchmark");
			default -> StreamListener.NONE;
		};
	}

	@TearDown
	public void disconnect() {
		this.pair.close();
	}

	@Benchmark
	public byte[] line() throws IOException {
		this.pair.left().writer().write(LINE);
		this.pair.left().writer().drain();
		return this.pair.right().reader().readLine();
	}

	/** Does what the meters do. */
	private static final class Counting implements StreamListener {

		private final LongAdder received = new LongAdder();

		private final LongAdder sent = new LongAdder();

		@Override
		public void bytesReceived(StreamConnection connection, int count) {
			this.received.add(count);
		}

		@Override
		public void bytesSent(StreamConnection connection, long count) {
			this.sent.add(count);
		}

	}

}
