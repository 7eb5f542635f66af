package io.streams.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MessageTests {

	private final Message message = Message.line('A', 2);

	@Test
	void goesOnWhereAPartOfARequestWasSent() {
		assertThat(text(this.message.requests(128))).isEqualTo(("A".repeat(63) + "\n").repeat(2));
		assertThat(text(this.message.requests(65))).isEqualTo("\n" + "A".repeat(63) + "\n");
		assertThat(text(this.message.requests(1))).isEqualTo("\n");
	}

	@Test
	void comparesEveryByteThatComes() {
		assertThat(this.message.isAnswer(0, bytes("A".repeat(63) + "\nAA"))).isTrue();
		assertThat(this.message.isAnswer(66, bytes("A".repeat(61) + "\n"))).isTrue();
		assertThat(this.message.isAnswer(0, bytes("B".repeat(63) + "\n"))).isFalse();
		assertThat(this.message.isAnswer(1, bytes("A".repeat(63) + "\n"))).isFalse();
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static String text(ByteBuffer bytes) {
		return StandardCharsets.US_ASCII.decode(bytes).toString();
	}

}
