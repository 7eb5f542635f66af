package io.streams.demo.cache.resp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import io.streams.StreamPair;
import io.streams.StreamWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RespWriter}.
 */
class RespWriterTests {

	@Test
	void writesEveryKindOfReply() throws IOException {
		List<Reply> replies = List.of(Reply.OK, new Reply.Failure("ERR no\r\nsuch thing é"),
				Reply.bulk("a\r\n".getBytes(StandardCharsets.ISO_8859_1)), Reply.text(""), Reply.NIL, Reply.NIL_ARRAY,
				Reply.EMPTY, new Reply.Array(List.of(Reply.ONE, Reply.NIL, Reply.text("x"), Reply.EMPTY)));
		assertThat(written(replies))
			.isEqualTo("+OK\r\n-ERR no  such thing é\r\n$3\r\na\r\n\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
					+ "*4\r\n:1\r\n$-1\r\n$1\r\nx\r\n*0\r\n");
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, -1, 9, 10, 99, 100, -100, 1234567890, Long.MAX_VALUE, Long.MIN_VALUE })
	void writesNumbers(long value) throws IOException {
		assertThat(written(List.of(Reply.number(value)))).isEqualTo(":" + value + "\r\n");
	}

	@ParameterizedTest
	@ValueSource(ints = { 2040, 2047, 2048, 2049, 5000, 65_535, 65_536, 65_537, 1_000_000 })
	void writesWhatIsLongerThanItsBuffer(int length) throws IOException {
		String text = "0123456789".repeat(length / 10 + 1).substring(0, length);
		assertThat(written(List.of(new Reply.Array(List.of(Reply.text(text), Reply.ONE)))))
			.isEqualTo("*2\r\n$" + length + "\r\n" + text + "\r\n:1\r\n");
	}

	@Test
	void writesALongArray() throws IOException {
		assertThat(written(List.of(new Reply.Array(Collections.nCopies(100_000, Reply.text("x"))))))
			.isEqualTo("*100000\r\n" + "$1\r\nx\r\n".repeat(100_000));
	}

	private static String written(List<Reply> replies) throws IOException {
		try (StreamPair pair = StreamPair.create()) {
			Thread.startVirtualThread(() -> write(replies, pair.right().writer()));
			return new String(pair.left().reader().read(), StandardCharsets.ISO_8859_1);
		}
	}

	private static void write(List<Reply> replies, StreamWriter stream) {
		RespWriter writer = new RespWriter(stream);
		try {
			for (Reply reply : replies) {
				writer.write(reply);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			stream.close();
		}
	}

}
