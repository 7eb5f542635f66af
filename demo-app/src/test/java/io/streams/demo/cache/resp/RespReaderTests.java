package io.streams.demo.cache.resp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.streams.ReaderFeed;
import io.streams.StreamReader;
import io.streams.demo.Escapes;
import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RespReader}.
 */
class RespReaderTests {

	private static final RespLimits LIMITS = new RespLimits(RespLimits.DEFAULT_WORDS, 1024 * 1024, 2 * 1024 * 1024);

	private static final String SESSION = "*3\\r\\n$3\\r\\nSET\\r\\n$3\\r\\nkey\\r\\n$6\\r\\na\\r\\nb\\x00\\xff\\r\\n"
			+ "PING \"in line\"\\r\\n*1\\r\\n$0\\r\\n\\r\\n\\r\\n*0\\r\\n*-1\\r\\nlast 'one'\\n";

	private static final List<List<String>> SESSION_REQUESTS = List.of(List.of("SET", "key", "a\\r\\nb\\x00\\xff"),
			List.of("PING", "in line"), List.of(""), List.of("last", "one"));

	@Test
	void readsArraysAndLines() throws IOException {
		assertThat(readAll(ended(Escapes.decode(SESSION)))).isEqualTo(SESSION_REQUESTS);
	}

	@Test
	void readsTheSameHoweverTheBytesArrive() {
		byte[] bytes = Escapes.decode(SESSION);
		for (int split = 1; split < bytes.length; split++) {
			int at = split;
			assertThat(readWhileFeeding((feed) -> {
				feed.feedData(Arrays.copyOf(bytes, at));
				feed.feedData(Arrays.copyOfRange(bytes, at, bytes.length));
			})).as("split at %d", split).isEqualTo(SESSION_REQUESTS);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7 })
	void readsTheSameInSmallPieces(int length) {
		byte[] bytes = Escapes.decode(SESSION);
		assertThat(readWhileFeeding((feed) -> IntStream
			.iterate(0, (from) -> from < bytes.length, (from) -> from + length)
			.forEach((from) -> feed.feedData(Arrays.copyOfRange(bytes, from, Math.min(from + length, bytes.length))))))
			.isEqualTo(SESSION_REQUESTS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "*1", "*1\\r", "*1\\r\\n", "*1\\r\\n$4", "*1\\r\\n$4\\r\\n", "*1\\r\\n$4\\r\\nPI",
			"*1\\r\\n$4\\r\\nPING", "*1\\r\\n$4\\r\\nPING\\r", "*2\\r\\n$4\\r\\nECHO\\r\\n", "PIN", "ECHO \"x" })
	void endsQuietlyInTheMiddleOfARequest(String input) throws IOException {
		assertThat(readAll(ended(Escapes.decode(input)))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
			*abc\\r\\n -> invalid multibulk length
			*\\r\\n -> invalid multibulk length
			*1048577\\r\\n -> invalid multibulk length
			*1\\n$4\\r\\nPINGx -> expected '$', got 'x'
			*1\\r\\n+4\\r\\n -> expected '$', got '+'
			*1\\r\\n\\r\\n -> expected '$', got '\\r'
			*1\\r\\n\\xe9\\r\\n -> expected '$', got '\\xe9'
			*1\\r\\n$-1\\r\\n -> invalid bulk length
			*1\\r\\n$1048577\\r\\n -> invalid bulk length
			*1\\r\\n$9223372036854775808\\r\\n -> invalid bulk length
			ECHO "open\\r\\n -> unbalanced quotes in request
			ECHO 'open\\r\\n -> unbalanced quotes in request
			ECHO "closed"too\\r\\n -> unbalanced quotes in request
			""")
	void refusesWhatIsNoRequest(String input, String message) {
		// The fourth case has a second request, whose first line is fine
		byte[] bytes = Escapes.decode(input.replace("PINGx", "PING\\r\\n*1\\r\\nx\\r\\n"));
		StreamReader reader = ended(bytes);
		assertThatExceptionOfType(RespException.class).isThrownBy(() -> readAll(reader))
			.satisfies((ex) -> assertThat(Escapes.encode(latin1(ex.getMessage()))).isEqualTo(message));
	}

	@ParameterizedTest
	@CsvSource({ "x, too big inline request", "*1, too big mbulk count string" })
	void refusesAFirstLineWithoutEnd(String start, String message) {
		StreamReader reader = fed(latin1(start + "1".repeat(70_000))).reader();
		assertThatExceptionOfType(RespException.class).isThrownBy(() -> readAll(reader)).withMessage(message);
	}

	@Test
	void refusesALengthWithoutEnd() {
		StreamReader reader = fed(latin1("*1\r\n$" + "1".repeat(70_000))).reader();
		assertThatExceptionOfType(RespException.class).isThrownBy(() -> readAll(reader))
			.withMessage("too big bulk count string");
	}

	@Test
	void refusesARequestThatIsTooLongAltogether() {
		String word = "$1048576\r\n" + "x".repeat(1024 * 1024) + "\r\n";
		StreamReader reader = fed(latin1("*3\r\n" + word + word + "$1\r\nx\r\n")).reader();
		assertThatExceptionOfType(RespException.class).isThrownBy(() -> readAll(reader))
			.withMessage("invalid bulk length");
	}

	/** A word costs something though it be empty. */
	@Test
	void refusesManyWordsOfNothing() {
		StreamReader reader = fed(latin1("*1048576\r\n" + "$0\r\n\r\n".repeat(100_000))).reader();
		assertThatExceptionOfType(RespException.class).isThrownBy(() -> readAll(reader))
			.withMessage("invalid bulk length");
	}

	@Test
	void declaredLengthsCostNothing() throws IOException {
		// Each promises a million words of a megabyte
		for (int i = 0; i < 1000; i++) {
			StreamReader reader = ended(latin1("*1048576\r\n$1048576\r\nx"));
			assertThat(new RespReader(reader, LIMITS).next()).isNull();
		}
	}

	@Test
	void errorOfTheConnectionIsThrown() {
		ReaderFeed feed = fed(latin1("PING\r\n*1\r\n"));
		feed.setException(new ConnectionResetException("reset", null));
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(() -> readAll(feed.reader()));
	}

	private static ReaderFeed fed(byte[] bytes) {
		ReaderFeed feed = ReaderFeed.create();
		feed.feedData(bytes);
		return feed;
	}

	private static StreamReader ended(byte[] bytes) {
		ReaderFeed feed = fed(bytes);
		feed.feedEof();
		return feed.reader();
	}

	private static List<List<String>> readAll(StreamReader reader) throws IOException {
		RespReader requests = new RespReader(reader, LIMITS);
		List<List<String>> all = new ArrayList<>();
		for (List<byte[]> request; (request = requests.next()) != null;) {
			all.add(request.stream().map(Escapes::encode).toList());
		}
		return all;
	}

	private static List<List<String>> readWhileFeeding(Consumer<ReaderFeed> feeder) {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<List<List<String>>> requests = new CompletableFuture<>();
		Thread.startVirtualThread(() -> {
			try {
				requests.complete(readAll(reader));
			}
			catch (Throwable ex) {
				requests.completeExceptionally(ex);
			}
		});
		feeder.accept(feed);
		feed.feedEof();
		return requests.orTimeout(10, TimeUnit.SECONDS).join();
	}

	private static byte[] latin1(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
