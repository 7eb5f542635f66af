package io.streams.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

import io.streams.StreamServer;
import io.streams.Streams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the programs of {@code docs/asynchronous-handlers.md} and
 * {@code docs/flow-control.md}, and checks that the pages show them as they are.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncProgramsTests {

	@Test
	void asyncEchoServerEchoes() throws Exception {
		try (StreamServer server = Streams.startAsyncServer(AsyncEchoServer::echo, "127.0.0.1", 0);
				Socket client = connect(server)) {
			client.getOutputStream().write("one\ntwo\nthree".getBytes(US_ASCII));
			client.shutdownOutput();
			assertThat(client.getInputStream().readAllBytes()).isEqualTo("one\ntwo\nthree".getBytes(US_ASCII));
		}
	}

	@Test
	void chatGoesOnWhenMemberLeaves() throws Exception {
		Chat chat = new Chat();
		try (StreamServer server = Streams.startServer(chat::handle, "127.0.0.1", 0);
				Socket leaving = connect(server);
				Socket staying = connect(server)) {
			say(leaving, "first");
			say(staying, "second");
			leaving.setSoLinger(true, 0);
			leaving.close();
			say(staying, "third");
			say(staying, "fourth");
		}
	}

	@ParameterizedTest
	@CsvSource({ "asynchronous-handlers.md, AsyncEchoServer", "flow-control.md, Chat" })
	void pageShowsTheProgramAsItIs(String page, String program) throws IOException {
		String source = Files
			.readString(Path.of("src", "test", "java", "io", "streams", "programs", program + ".java"));
		String code = source.substring(source.indexOf("final class ")).replace("\t", "    ");
		assertThat(Files.readString(Path.of("..", "docs", page))).contains("```java\n" + code + "```");
	}

	private static Socket connect(StreamServer server) throws IOException {
		int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
		return new Socket(InetAddress.getLoopbackAddress(), port);
	}

	/** Says a line, and reads on until it comes back. */
	private static void say(Socket member, String line) throws IOException {
		member.getOutputStream().write((line + "\n").getBytes(US_ASCII));
		BufferedReader reader = new BufferedReader(new InputStreamReader(member.getInputStream(), US_ASCII), 1);
		for (String heard = ""; !heard.equals(line);) {
			heard = reader.readLine();
			assertThat(heard).as("a line of the chat").isNotNull();
		}
	}

}
