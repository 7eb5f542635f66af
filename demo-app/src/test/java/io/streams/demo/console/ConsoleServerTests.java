package io.streams.demo.console;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import io.streams.StreamConnection;
import io.streams.demo.DemoTest;
import io.streams.demo.ExternalTool;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ConsoleServer}, over its socket.
 */
@DemoTest
class ConsoleServerTests {

	private static final String GREETING = "Streams demo: type help\n\n";

	private static final String FAREWELL = "good-bye\n\n";

	@Autowired
	private StreamServers servers;

	@BeforeEach
	void awaitNobody() {
		await().atMost(Duration.ofSeconds(10))
			.until(() -> this.servers.getRunning().stream().allMatch((server) -> server.connections().isEmpty()));
	}

	@Test
	void helps() throws IOException {
		assertThat(ask("help\n")).isEqualTo(ConsoleCommands.HELP + "\n");
		assertThat(ask("\n")).isEqualTo(ConsoleCommands.HELP + "\n");
	}

	@Test
	void listsServers() throws IOException {
		assertThat(ask("servers\n").lines().map((line) -> line.replaceAll(" {2,}", "|")))
			.contains("NAME|STATE|OPEN|ACCEPTED|REJECTED|ADDRESSES")
			.anyMatch((line) -> line.matches("echo\\|serving\\|0 of 16384\\|\\d+\\|0\\|127\\.0\\.0\\.1:\\d+"))
			.anyMatch((line) -> line.startsWith("console|serving|1 of 16384|") && line.endsWith(address().toString()));
	}

	@Test
	void listsConnectionsAndShowsOne() throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.servers.get("echo").port())) {
			await().until(() -> !this.servers.get("echo").connections().isEmpty());
			StreamConnection connection = this.servers.get("echo").connections().iterator().next();
			assertThat(ask("connections echo\n"))
				.containsPattern("ID +PEER +AGE +READING +UNREAD +WRITING +UNSENT +DRAINS")
				.containsPattern(connection.id() + " +127.0.0.1:" + socket.getLocalPort()
						+ " +0\\.\\d s +open +0 B / 128.0 KiB +open +0 B / 64.0 KiB +0");
			assertThat(ask("connection echo " + connection.id() + "\n")).containsPattern("id +" + connection.id())
				.containsPattern("server +echo")
				.containsPattern("writing +open, 0 B buffered \\(low mark 16.0 KiB, high 64.0 KiB\\)")
				.containsPattern("handler +running");
		}
	}

	@Test
	void saysWhatIsWrong() throws IOException {
		assertThat(ask("connections\n")).endsWith("usage: connections SERVER\n\n");
		assertThat(ask("connection echo\n")).endsWith("usage: connection SERVER ID\n\n");
		assertThat(ask("connections nosuch\n")).contains("no server 'nosuch' runs, only ", "echo");
		assertThat(ask("connection echo 42\n")).endsWith("no connection '42' on server 'echo'\n\n");
		assertThat(ask("\u001b[31m" + "x".repeat(100) + "\n"))
			.endsWith("unknown command '?[31m" + "x".repeat(35) + "…': try help\n\n");
	}

	@Test
	void refusesALongLine() throws IOException {
		assertThat(converse("x".repeat(2000) + "\nservers\n"))
			.isEqualTo(GREETING + "a command may be 1024 bytes long: good-bye\n\n");
	}

	@Test
	void endsWithQuit() throws IOException {
		assertThat(ask("quit\nhelp\n")).isEmpty();
	}

	@Test
	void endsWithItsInput() throws IOException {
		assertThat(ask("")).isEmpty();
	}

	@Test
	void answersNetcat() {
		String output = ExternalTool.find("nc")
			.run("servers\nquit\n", Duration.ofSeconds(20), "-q1", "-U", address().getPath())
			.successful();
		assertThat(output).contains("echo", "cache", "ticker", "console", "good-bye");
	}

	@Test
	void isForItsUserOnly() throws IOException {
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address().getPath())))
			.isEqualTo("rw-------");
	}

	/** What the server says between its greeting and its farewell. */
	private String ask(String lines) throws IOException {
		String said = converse(lines);
		assertThat(said).startsWith(GREETING).endsWith(FAREWELL);
		return said.substring(GREETING.length(), said.length() - FAREWELL.length());
	}

	private String converse(String lines) throws IOException {
		try (SocketChannel channel = SocketChannel.open(address())) {
			channel.write(ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8)));
			channel.shutdownOutput();
			return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private UnixDomainSocketAddress address() {
		return (UnixDomainSocketAddress) this.servers.get("console").addresses().get(0);
	}

}
