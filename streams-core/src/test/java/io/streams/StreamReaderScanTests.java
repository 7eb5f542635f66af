package io.streams;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * How a reader looks for separators: what it finds, and that it looks at each byte a
 * bounded number of times, however the bytes come in.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class StreamReaderScanTests {

	private static final int MIB = 1024 * 1024;

	static Stream<Arguments> chunks() {
		return Stream.of(argumentSet("a newline", "x", List.of("\n")),
				argumentSet("two bytes, the first of which comes all the time", "\r", List.of("\r\n")),
				argumentSet("several, most of which never come", "x", List.of("\n", "\r\n", "\0\0", "END")),
				argumentSet("several, whose beginnings come all the time", "a", List.of("ab", "aab", "aaab")),
				argumentSet("a long one, all but whose end comes all the time", "-", List.of("-".repeat(40) + "\n")));
	}

	/** The limit holds it all, so that nothing but the search bounds the work. */
	@ParameterizedTest
	@MethodSource("chunks")
	void tenMebibytesByteByByteTakeLessThanTwoSeconds(String filler, List<String> separators) {
		assertOneOfFive(() -> feedByteByByte(10 * MIB, filler, separators),
				(used) -> used.compareTo(Duration.ofSeconds(2)) < 0);
	}

	/** As in a line protocol, with the default limit. */
	@Test
	void tenMebibytesOfLinesByteByByteTakeLessThanTwoSeconds() {
		assertOneOfFive(StreamReaderScanTests::feedLinesByteByByte,
				(used) -> used.compareTo(Duration.ofSeconds(2)) < 0);
	}

	@ParameterizedTest
	@MethodSource("chunks")
	void theTimeGrowsWithTheLengthAndNoFaster(String filler, List<String> separators) {
		feedByteByByte(2 * MIB, filler, separators);
		assertOneOfFive(() -> ratio(filler, separators), (ratio) -> ratio < 2.6);
	}

	@Test
	void whatIsSkippedByteByByteIsScannedOnceToo() {
		assertOneOfFive(StreamReaderScanTests::skipByteByByte, (used) -> used.compareTo(Duration.ofSeconds(2)) < 0);
	}

	@Test
	void theSeparatorThatEndsFirstIsFoundWhereverItStands() throws IOException {
		Random random = new Random(7);
		for (int round = 0; round < 2000; round++) {
			byte[] data = letters(random, random.nextInt(1500));
			List<byte[]> separators = new ArrayList<>();
			for (int i = 0; i <= random.nextInt(3); i++) {
				separators.add(letters(random, 3 + random.nextInt(5)));
			}
			ReaderFeed feed = ReaderFeed.create(4096);
			StreamReader reader = feed.reader();
			feed.feedData(data);
			feed.feedEof();
			int expected = firstEnd(data, separators);
			if (expected < 0) {
				assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> reader.readUntil(separators));
			}
			else {
				assertThat(reader.readUntil(separators)).hasSize(expected);
				reader.read();
			}
		}
	}

	@Test
	void aSeparatorThatNeverComesCostsTheOthersNothing() {
		int lines = 300_000;
		ReaderFeed feed = ReaderFeed.create(ReadLimit.MAX_BYTES);
		StreamReader reader = feed.reader();
		feed.feedData("a\n".repeat(lines).getBytes(StandardCharsets.ISO_8859_1));
		List<byte[]> separators = List.of(new byte[] { 0 }, new byte[] { '\r', '\n' }, new byte[] { '\n' });
		assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
			for (int i = 0; i < lines; i++) {
				assertThat(reader.readUntil(separators)).hasSize(2);
			}
		});
	}

	/** As in CPython, the search begins behind bytes that another read has taken. */
	@Test
	void separatorIsFoundAfterAnotherReadTookBytes() throws IOException {
		ReaderFeed feed = ReaderFeed.create(100);
		StreamReader reader = feed.reader();
		feed.feedData(new byte[16]);
		CompletableFuture<byte[]> read = reader.readUntilAsync(List.of(bytes("aba"), bytes("SEPARATOR-13.")));
		assertThat(reader.read(16)).hasSize(16);
		for (String chunk : List.of("aba", "aaa", "a", "b")) {
			assertThat(read).isNotDone();
			feed.feedData(bytes(chunk));
		}
		assertThat(read.getNow(new byte[0])).isEqualTo(bytes("aba"));
		assertThat(reader.readExactly(5)).isEqualTo(bytes("aaaab"));
	}

	private static byte[] letters(Random random, int length) {
		byte[] letters = new byte[length];
		for (int i = 0; i < length; i++) {
			letters[i] = (byte) ('a' + random.nextInt(3));
		}
		return letters;
	}

	private static int firstEnd(byte[] data, List<byte[]> separators) {
		for (int end = 1; end <= data.length; end++) {
			for (byte[] separator : separators) {
				int start = end - separator.length;
				if (start >= 0 && Arrays.equals(data, start, end, separator, 0, separator.length)) {
					return end;
				}
			}
		}
		return -1;
	}

	/**
	 * Up to five tries: work that grows faster than it should fails all of them, and a
	 * compiler or a neighbour on the machine that slows a thread down, one or two.
	 */
	private static <T> void assertOneOfFive(Supplier<T> run, Predicate<T> condition) {
		List<T> results = new ArrayList<>();
		while (results.size() < 5 && results.stream().noneMatch(condition)) {
			results.add(run.get());
		}
		assertThat(results).anyMatch(condition);
	}

	/** How much longer twice as much takes: 4 if it were looked at again and again. */
	private static double ratio(String filler, List<String> separators) {
		double single = feedByteByByte(2 * MIB, filler, separators).toNanos();
		return feedByteByByte(4 * MIB, filler, separators).toNanos() / single;
	}

	private static Duration feedLinesByteByByte() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		int length = reader.limit();
		byte[] one = bytes("x");
		return cpuTime(() -> {
			for (int line = 0; line < 10 * MIB / length; line++) {
				CompletableFuture<byte[]> read = reader.readLineAsync();
				for (int i = 1; i < length; i++) {
					feed.feedData(one);
				}
				feed.feedData(bytes("\n"));
				assertThat(read.join()).hasSize(length);
			}
		});
	}

	private static Duration skipByteByByte() {
		ReaderFeed feed = ReaderFeed.create(1);
		StreamReader reader = feed.reader();
		CompletableFuture<Long> skipped = reader.skipUntilAsync(bytes("\r\n"));
		byte[] one = bytes("\r");
		Duration used = cpuTime(() -> {
			for (int i = 0; i < 10 * MIB; i++) {
				feed.feedData(one);
			}
		});
		feed.feedData(bytes("\n"));
		assertThat(skipped.join()).isEqualTo(10 * MIB + 1);
		return used;
	}

	/** The CPU time that feeding a chunk takes, up to its end in the first separator. */
	private static Duration feedByteByByte(int length, String filler, List<String> separators) {
		ReaderFeed feed = ReaderFeed.create(ReadLimit.MAX_BYTES);
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = reader
			.readUntilAsync(separators.stream().map(StreamReaderScanTests::bytes).toList());
		byte[] one = bytes(filler);
		byte[] end = bytes(separators.getFirst());
		Duration used = cpuTime(() -> {
			for (int i = end.length; i < length; i++) {
				feed.feedData(one);
			}
			for (byte each : end) {
				feed.feedData(new byte[] { each });
			}
		});
		assertThat(read.join()).hasSize(length).endsWith(end);
		return used;
	}

	private static Duration cpuTime(Runnable work) {
		long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
		work.run();
		return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
