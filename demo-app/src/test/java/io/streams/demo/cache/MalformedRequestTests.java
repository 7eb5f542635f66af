package io.streams.demo.cache;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.streams.demo.DemoTest;
import io.streams.demo.Escapes;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that a client who does not speak the protocol is told so and is let go, while it
 * keeps its own side open.
 */
@DemoTest
@ExtendWith(OutputCaptureExtension.class)
class MalformedRequestTests {

	@Autowired
	private StreamServers servers;

	@ParameterizedTest
	@CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
			*x\\r\\n -> invalid multibulk length
			*2000000\\r\\n -> invalid multibulk length
			*1\\r\\n+PING\\r\\n -> expected '$', got '+'
			*1\\r\\n$x\\r\\n -> invalid bulk length
			*1\\r\\n$2000000000\\r\\n -> invalid bulk length
			GET "x\\r\\n -> unbalanced quotes in request
			endless -> too big inline request
			*endless -> too big mbulk count string
			*1\\r\\n$endless -> too big bulk count string
			""")
	void saysWhatIsWrongAndCloses(String sent, String message, CapturedOutput output) throws IOException {
		int before = output.length();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.servers.get("cache").port())) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(Escapes.decode(sent.replace("endless", "1".repeat(70_000))));
			String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(reply).isEqualTo("-ERR Protocol error: " + message + "\r\n");
		}
		await().atMost(Duration.ofSeconds(10)).until(() -> this.servers.get("cache").connections().isEmpty());
		assertThat(output.getAll().substring(before)).doesNotContain("Exception", "WARN", "ERROR");
	}

}
