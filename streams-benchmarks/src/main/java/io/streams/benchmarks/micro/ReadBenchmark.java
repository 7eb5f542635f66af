package io.streams.benchmarks.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.ReaderFeed;
import io.streams.StreamReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Lines fed to a reader and read out of it, without a socket: what finding their ends and
 * taking them costs each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ReadBenchmark {

	private static final int LINES = 32;

	private static final byte[] CRLF = "\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final List<byte[]> SEVERAL = List.of(CRLF, "|".getBytes(StandardCharsets.US_ASCII),
			"$$".getBytes(StandardCharsets.US_ASCII));

	/** Bytes of a line, with its end. */
	@Param({ "16", "64", "1024" })
	private int lineBytes = 16;

	private final ReaderFeed feed = ReaderFeed.create();

	private final StreamReader reader = this.feed.reader();

	private ByteBuffer lines = ByteBuffer.allocate(0);

	@Setup
	public void makeLines() {
		this.lines = ByteBuffer.allocateDirect(LINES * this.lineBytes);
		byte[] line = ("x".repeat(this.lineBytes - CRLF.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
		while (this.lines.hasRemaining()) {
			this.lines.put(line);
		}
	}

	@Benchmark
	@OperationsPerInvocation(LINES)
	public void readLine(Blackhole sink) throws IOException {
		this.feed.feedData(this.lines.flip());
		for (int i = 0; i < LINES; i++) {
			sink.consume(this.reader.readLine());
		}
	}

	@Benchmark
	@OperationsPerInvocation(LINES)
	public void readUntilOneSeparator(Blackhole sink) throws IOException {
		this.feed.feedData(this.lines.flip());
		for (int i = 0; i < LINES; i++) {
			sink.consume(this.reader.readUntil(CRLF));
		}
	}

	@Benchmark
	@OperationsPerInvocation(LINES)
	public void readUntilOneOfSeveralSeparators(Blackhole sink) throws IOException {
		this.feed.feedData(this.lines.flip());
		for (int i = 0; i < LINES; i++) {
			sink.consume(this.reader.readUntil(SEVERAL));
		}
	}

	/** The other end of the scale: each line comes in eight pieces. */
	@Benchmark
	@OperationsPerInvocation(LINES)
	public void readLineThatComesInPieces(Blackhole sink) throws IOException {
		int piece = this.lineBytes / 8;
		for (int i = 0; i < LINES; i++) {
			for (int from = 0; from < this.lineBytes; from += piece) {
				this.feed.feedData(this.lines.limit(from + piece).position(from));
			}
			sink.consume(this.reader.readLine());
		}
		this.lines.clear().position(this.lines.limit());
	}

}
