package io.streams;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The half of a reader that belongs to a protocol.
 */
class ReaderFeedTests {

	@Test
	void theReaderReadsWhatItsFeedTakes() throws IOException {
		ReaderFeed feed = ReaderFeed.create();
		feed.feedData("one\ntwo".getBytes(StandardCharsets.US_ASCII));
		feed.feedEof();
		assertThat(feed.reader().readLine(StandardCharsets.US_ASCII)).isEqualTo("one\n");
		assertThat(feed.reader().readLine(StandardCharsets.US_ASCII)).isEqualTo("two");
		assertThat(feed.reader().atEof()).isTrue();
	}

	@Test
	void anErrorFollowsTheBytesBeforeIt() throws IOException {
		ReaderFeed feed = ReaderFeed.create(16);
		feed.feedData(new byte[] { 1 });
		feed.setException(new IOException("test"));
		assertThat(feed.reader().read(16)).containsExactly(1);
		assertThatIOException().isThrownBy(() -> feed.reader().read(16)).withMessage("test");
	}

	@Test
	void theReaderIsTheSameAtEachCallAndHasTheLimit() {
		ReaderFeed feed = ReaderFeed.create(16);
		assertThat(feed.reader()).isSameAs(feed.reader());
		assertThat(feed.reader().limit()).isEqualTo(16);
		assertThat(feed).hasToString("ReaderFeed[StreamReader[0 bytes, limit=16]]");
		assertThatIllegalArgumentException().isThrownBy(() -> ReaderFeed.create(0)).withMessageContaining("imit");
	}

	@Test
	void handlersCannotFeedTheirReader() {
		assertThat(Arrays.stream(StreamReader.class.getMethods()).map(Method::getName)).doesNotContain("feedData",
				"feedEof", "setException", "setTransport");
	}

}
