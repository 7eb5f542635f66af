package io.streams.demo.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import io.streams.demo.DemoTest;
import io.streams.demo.ExternalTool;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EchoServer}, over sockets.
 */
@DemoTest
class EchoServerTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private int port;

	@BeforeEach
	void findPort(@Autowired StreamServers servers) {
		this.port = servers.get("echo").port();
	}

	@Test
	void answersNetcat() {
		assertThat(netcat("hello\nworld\n")).isEqualTo("hello\nworld\n");
	}

	@Test
	void answersALastLineWithoutEnd() {
		assertThat(netcat("hello\nworld")).isEqualTo("hello\nworld");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 1000 })
	void answersAsyncio(int connections) throws IOException {
		Path script = new ClassPathResource("echo_client.py", EchoServerTests.class).getFile().toPath();
		String output = ExternalTool.find("python3")
			.run("", TIMEOUT, script, "127.0.0.1", this.port, connections, 100)
			.successful();
		assertThat(output).isEqualTo(connections + " of " + connections + " connections got back what they sent\n");
	}

	@Test
	void anyByteComesBack() throws IOException {
		byte[] bytes = new byte[3 * 256];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		assertThat(exchange(bytes)).isEqualTo(bytes);
	}

	@Test
	void longestLineComesBack() throws IOException {
		byte[] line = ("x".repeat(64 * 1024) + "\n").getBytes(StandardCharsets.US_ASCII);
		assertThat(exchange(line)).isEqualTo(line);
	}

	@Test
	void longerLineIsRefusedAfterWhatCameBefore() throws IOException {
		byte[] lines = ("before\n" + "x".repeat(64 * 1024 + 1) + "\nafter\n").getBytes(StandardCharsets.US_ASCII);
		assertThat(new String(exchange(lines), StandardCharsets.US_ASCII))
			.isEqualTo("before\nerror: a line may be 65536 bytes long\n");
	}

	@Test
	void endlessLineIsRefused() throws IOException {
		byte[] line = "x".repeat(4 * 1024 * 1024).getBytes(StandardCharsets.US_ASCII);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			Thread.startVirtualThread(() -> write(socket, line));
			String reply = new String(socket.getInputStream().readNBytes(38), StandardCharsets.US_ASCII);
			assertThat(reply).isEqualTo("error: a line may be 65536 bytes long\n");
		}
	}

	private String netcat(String input) {
		return ExternalTool.find("nc").run(input, TIMEOUT, "-q1", "127.0.0.1", this.port).successful();
	}

	private byte[] exchange(byte[] sent) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.getOutputStream().write(sent);
			socket.shutdownOutput();
			return socket.getInputStream().readAllBytes();
		}
	}

	/** The server hangs up in the middle of it. */
	private static void write(Socket socket, byte[] bytes) {
		try {
			socket.getOutputStream().write(bytes);
		}
		catch (IOException ex) {
			assertThat(ex).isNotNull();
		}
	}

}
