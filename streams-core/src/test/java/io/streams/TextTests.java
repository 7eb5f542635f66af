package io.streams;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Lines of text, and text that is written.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class TextTests extends NetworkFixture {

	private static final List<String> LINES = List.of("zwölf\n", "\n", "日本語\n", "𝄞 clef\r\n", "no end");

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "GB18030" })
	void linesAreTheSameHoweverTheirBytesArrive(String name) throws IOException {
		Charset charset = Charset.forName(name);
		long seed = System.nanoTime();
		System.out.println("TextTests: seed " + seed);
		Random random = new Random(seed);
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		List<CompletableFuture<String>> reads = new ArrayList<>();
		byte[] bytes = String.join("", LINES).getBytes(charset);
		for (int i = 0, n; i < bytes.length; i += n) {
			n = Math.min(1 + random.nextInt(6), bytes.length - i);
			feed.feedData(Arrays.copyOfRange(bytes, i, i + n));
			while (reads.size() < LINES.size() && (reads.isEmpty() || reads.getLast().isDone())) {
				reads.add(reader.readLineAsync(charset));
			}
		}
		feed.feedEof();
		assertThat(reads.stream().map(CompletableFuture::join)).isEqualTo(LINES);
		assertThat(reader.readLine(charset)).isEmpty();
	}

	@Test
	void bytesThatAreNoTextAreReplaced() throws IOException {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.feedData(new byte[] { 'a', (byte) 0xFF, '\n' });
		assertThat(reader.readLine(StandardCharsets.UTF_8)).isEqualTo("a\uFFFD\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16", "UTF-16LE", "UTF-32", "IBM037" })
	void charsetsWhoseLinesEndInOtherBytesAreRefused(String name) {
		StreamReader reader = new StreamReader();
		Charset charset = Charset.forName(name);
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readLine(charset))
			.withMessageContaining(charset.name())
			.withMessageContaining("readUntil");
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readLineAsync(charset));
	}

	@Test
	void textIsWrittenInItsCharset() throws Exception {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			writer.write("zwölf", StandardCharsets.ISO_8859_1);
			writer.write(new StringBuilder(" €\n"), StandardCharsets.UTF_8);
			writer.drain();
		}));
		String bytes = new String(" €\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		assertThat(client.readToEnd()).isEqualTo("zwölf" + bytes);
	}

}
