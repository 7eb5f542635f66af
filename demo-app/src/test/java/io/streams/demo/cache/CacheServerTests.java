package io.streams.demo.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamPair;
import io.streams.demo.Escapes;
import io.streams.transport.ConnectionLostException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CacheServer}, without a socket. The replies are those of a real Redis.
 */
class CacheServerTests {

	private final CacheServer server = server(DataSize.ofMegabytes(64));

	@TestFactory
	List<DynamicTest> answersAsRedisDoes() throws IOException {
		List<DynamicTest> tests = new ArrayList<>();
		for (Exchange exchange : exchanges()) {
			tests.add(DynamicTest.dynamicTest(exchange.request(),
					() -> assertThat(Escapes.encode(answer(exchange.sent()))).isEqualTo(exchange.reply())));
		}
		assertThat(tests).hasSizeGreaterThan(250);
		return tests;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 11, 1000 })
	void answersAPipelineInOrderHoweverItArrives(int pieces) throws IOException {
		StringBuilder sent = new StringBuilder();
		StringBuilder expected = new StringBuilder();
		for (Exchange exchange : exchanges()) {
			if (!exchange.alone()) {
				sent.append(Escapes.encode(exchange.sent()));
				expected.append(exchange.reply());
			}
		}
		byte[] reply = answer(this.server, Escapes.decode(sent.toString()), pieces);
		assertThat(Escapes.encode(reply)).isEqualTo(expected.toString());
	}

	@Test
	void refusesCommandsThatAddWhenMemoryIsUsedUp() throws IOException {
		CacheServer small = server(DataSize.ofBytes(200));
		String sent = "SET a " + "x".repeat(300) + "\r\nSET b x\r\nLPUSH l x\r\nINCR n\r\nGET b\r\nDBSIZE\r\nDEL a\r\n"
				+ "SET b x\r\n";
		String refusal = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
		assertThat(text(answer(small, latin1(sent))))
			.isEqualTo("+OK\r\n" + refusal.repeat(3) + "$-1\r\n:1\r\n:1\r\n+OK\r\n");
	}

	@Test
	void appendStopsAtTheLongestString() throws IOException {
		String word = "x".repeat(60_000);
		String reply = text(answer(latin1(("APPEND k " + word + "\r\n").repeat(20))));
		assertThat(reply).contains(":1020000\r\n")
			.endsWith("-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST / HTTP/1.1", "Host: 127.0.0.1:6380" })
	void hangsUpOnBrowsers(String line) throws IOException {
		assertThat(text(answer(latin1(line + "\r\nSET k v\r\n")))).startsWith("-ERR").hasLineCount(1);
		assertThat(text(answer(latin1("GET k\r\n")))).isEqualTo("$-1\r\n");
	}

	@Test
	void describesItself() throws IOException {
		assertThat(text(answer(latin1("SET k v EX 100\r\nINFO\r\n")))).contains("# Server\r\nredis_version:7.0.15\r\n")
			.contains("connected_clients:1\r\nblocked_clients:0\r\n")
			.contains("db0:keys=1,expires=1,avg_ttl=0\r\n");
		assertThat(text(answer(latin1("INFO nosuchsection\r\n")))).isEqualTo("$0\r\n\r\n");
		assertThat(text(answer(latin1("INFO memory\r\n")))).contains("maxmemory:67108864").doesNotContain("# Server");
	}

	@Test
	void answersWhatRedisBenchmarkAsksFirst() throws IOException {
		assertThat(text(answer(latin1("CONFIG GET save\r\nCONFIG GET appendonly\r\n"))))
			.isEqualTo("*2\r\n$4\r\nsave\r\n$0\r\n\r\n*2\r\n$10\r\nappendonly\r\n$2\r\nno\r\n");
	}

	@Test
	void listsItsClients() throws IOException {
		assertThat(text(answer(latin1("CLIENT SETNAME somebody\r\nCLIENT LIST\r\n")))).contains("name=somebody")
			.contains("cmd=client|list");
	}

	@Test
	void refusesNamesThatAreTooLong() throws IOException {
		String longest = "n".repeat(256);
		assertThat(text(answer(
				latin1("CLIENT SETNAME " + longest + "\r\nCLIENT SETNAME " + longest + "n\r\nCLIENT GETNAME\r\n"))))
			.isEqualTo("+OK\r\n-ERR Client names cannot be longer than 256 bytes.\r\n$256\r\n" + longest + "\r\n");
	}

	@Test
	void greetsInTheSecondProtocolOnly() throws IOException {
		assertThat(text(answer(latin1("HELLO 3\r\n")))).isEqualTo("-NOPROTO unsupported protocol version\r\n");
		assertThat(text(answer(latin1("HELLO\r\n")))).startsWith("*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n")
			.contains("$5\r\nproto\r\n:2\r\n");
	}

	private byte[] answer(byte[] sent) throws IOException {
		return answer(this.server, sent);
	}

	private static byte[] answer(CacheServer server, byte[] sent) throws IOException {
		return answer(server, sent, 16 * 1024);
	}

	/**
	 * Sends bytes that arrive in pieces of some length, and takes all that comes back.
	 */
	private static byte[] answer(CacheServer server, byte[] sent, int pieces) throws IOException {
		try (StreamPair pair = StreamPair.create(pieces, StreamListener.NONE)) {
			Thread.startVirtualThread(() -> handle(server, pair.right()));
			Thread.startVirtualThread(() -> send(sent, pair.left()));
			return pair.left().reader().read();
		}
	}

	private static void send(byte[] bytes, StreamConnection connection) {
		try {
			for (int from = 0; from < bytes.length; from += 1024) {
				connection.writer().write(bytes, from, Math.min(1024, bytes.length - from));
				connection.writer().drain();
			}
			connection.writer().writeEof();
		}
		catch (ConnectionLostException ex) {
			// The server has hung up
			assertThat(connection.isClosed()).isTrue();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void handle(CacheServer server, StreamConnection connection) {
		try {
			server.onConnect(connection.reader(), connection.writer());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			connection.writer().close();
		}
	}

	private static CacheServer server(DataSize memory) {
		return new CacheServer(new CacheProperties(memory, DataSize.ofMegabytes(1), DataSize.ofMegabytes(2)));
	}

	private static List<Exchange> exchanges() throws IOException {
		String text = new ClassPathResource("redis-replies.txt", CacheServerTests.class)
			.getContentAsString(StandardCharsets.UTF_8);
		List<String> lines = text.lines().filter((line) -> !line.isEmpty() && !line.startsWith("#")).toList();
		List<Exchange> exchanges = new ArrayList<>();
		for (int i = 0; i < lines.size(); i += 2) {
			exchanges.add(new Exchange(lines.get(i), lines.get(i + 1).substring(2)));
		}
		return exchanges;
	}

	private static byte[] latin1(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/**
	 * A request and what Redis answered.
	 *
	 * @param request its line in the file
	 * @param reply the reply with escapes
	 */
	private record Exchange(String request, String reply) {

		/** Whether it has a connection of its own. */
		boolean alone() {
			return this.request.startsWith(">>");
		}

		byte[] sent() {
			return alone() ? Escapes.decode(this.request.substring(3)) : array(words(this.request.substring(2)));
		}

		private static byte[] array(List<String> words) {
			StringBuilder array = new StringBuilder("*" + words.size() + "\\r\\n");
			for (String word : words) {
				array.append("$").append(Escapes.decode(word).length).append("\\r\\n").append(word).append("\\r\\n");
			}
			return Escapes.decode(array.toString());
		}

		/** Words between spaces or in single quotes. */
		private static List<String> words(String text) {
			List<String> words = new ArrayList<>();
			for (int i = 0; i < text.length(); i++) {
				boolean quoted = text.charAt(i) == '\'';
				int from = quoted ? i + 1 : i;
				int end = text.indexOf(quoted ? '\'' : ' ', from);
				words.add(text.substring(from, (end < 0) ? text.length() : end));
				i = (end < 0) ? text.length() : (quoted ? end + 1 : end);
			}
			return words;
		}

	}

}
