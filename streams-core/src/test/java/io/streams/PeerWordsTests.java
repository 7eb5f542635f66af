package io.streams;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Peers that try to write into the log: one report stays one line, without control
 * characters, and not longer than it must be.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(20)
class PeerWordsTests {

	private static final String FORGED = "x\r\n2026-01-01 ERROR all is lost\u001b[2J\u202e";

	@TempDir
	Path directory;

	@Test
	@ExpectedLog(value = "The handler of connection", times = 2)
	void aFailureWithAPeersWordsIsOneLine() throws Exception {
		try (LogCapture log = new LogCapture();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)) {
			StreamServer server = network.serve((reader, writer) -> {
				throw new IOException("unknown command " + new String(reader.read(64 * 1024), StandardCharsets.UTF_8));
			});
			for (String words : new String[] { FORGED, FORGED + "x".repeat(10_000) }) {
				RawClient client = network.connectRaw(server);
				client.send(words.getBytes(StandardCharsets.UTF_8));
				client.readToEnd();
			}
			await().until(() -> log.messagesWith("The handler of connection").size() == 2);
			assertThat(log.messagesWith("The handler of connection")).allSatisfy((message) -> {
				assertThat(message).contains("unknown command x\\r\\n2026-01-01 ERROR all is lost\\x1b[2J\\u202e");
				assertThat(message).matches("[\\x20-\\x7e…]{1,500}");
			});
		}
	}

	/**
	 * Nor may they begin a line in the stack trace of a failure that is no peer's fault.
	 */
	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 3)
	void aStackTraceWithAPeersWordsHasNoLineOfTheirs() throws Exception {
		try (LogCapture log = new LogCapture();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)) {
			StreamServer server = network.serve((reader, writer) -> {
				try {
					Integer.parseInt(new String(reader.read(64 * 1024), StandardCharsets.UTF_8));
				}
				catch (NumberFormatException ex) {
					throw (ex.getMessage().length() > 1000) ? new IllegalStateException("bad request", ex) : ex;
				}
			});
			for (String words : new String[] { "harmless", FORGED, FORGED + "x".repeat(10_000) }) {
				RawClient client = network.connectRaw(server);
				client.send(words.getBytes(StandardCharsets.UTF_8));
				client.readToEnd();
			}
			await().until(() -> log.traces().size() == 3);
			assertThat(log.traces().get(0))
				.startsWith("java.lang.NumberFormatException: For input string: \"harmless\"");
			assertThat(log.traces()).allSatisfy((trace) -> {
				assertThat(trace).contains("NumberFormatException",
						"at java.base/java.lang.Integer.parseInt(Integer.java");
				assertThat(trace.lines()).allMatch((line) -> line.matches("[\\t\\x20-\\x7e…]{1,500}"))
					.noneMatch((line) -> line.startsWith("2026-01-01"));
			});
			assertThat(log.traces().get(2)).contains("java.lang.IllegalStateException: bad request");
		}
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 2)
	void traceOfStackOverflowIsShort() throws Exception {
		try (LogCapture log = new LogCapture();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)) {
			StreamServer server = network.serve((reader, writer) -> recurse(reader));
			StreamServer asynchronous = network.serveAsync((reader, writer) -> {
				recurse(reader);
				return null;
			});
			network.connectRaw(server).readToEnd();
			network.connectRaw(asynchronous).readToEnd();
			await().until(() -> log.traces().size() == 2);
			assertThat(log.traces()).allSatisfy(
					(trace) -> assertThat(trace).contains("StackOverflowError", "frames omitted").hasLineCount(66));
		}
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 1)
	@ExpectedLog(value = "The handler of connection", times = 1)
	void failureWhoseTextThrowsIsLogged() throws Exception {
		try (LogCapture log = new LogCapture();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)) {
			StreamServer server = network.serve((reader, writer) -> {
				if (reader.readLine().length > 2) {
					throw new TextlessException();
				}
				throw new IOException() {
					@Override
					public String getMessage() {
						throw new UnsupportedOperationException("no text");
					}
				};
			});
			for (String line : new String[] { "long\n", "\n" }) {
				RawClient client = network.connectRaw(server);
				client.send(line);
				client.readToEnd();
			}
			await().until(() -> !log.traces().isEmpty() && !log.messagesWith("The handler of connection").isEmpty());
			assertThat(log.traces().getFirst()).contains("TextlessException", "toString threw",
					"UnsupportedOperationException");
			assertThat(log.messagesWith("The handler of connection").getFirst()).contains("PeerWordsTests",
					"toString threw");
		}
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 1)
	void failureWhoseCauseThrowsEndsItsConnection() throws Exception {
		try (LogCapture log = new LogCapture();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)) {
			StreamServer server = network.serve((reader, writer) -> {
				throw new CauselessException();
			});
			assertThat(network.connectRaw(server).readToEnd()).isEmpty();
			await().until(() -> !log.traces().isEmpty());
			assertThat(log.traces().getFirst()).contains("CauselessException: no cause");
		}
	}

	private static int recurse(Object deeper) {
		return (deeper != null) ? 1 + recurse(deeper) : 0;
	}

	private static final class CauselessException extends CompletionException {

		private static final long serialVersionUID = 1L;

		CauselessException() {
			super("no cause");
		}

		@Override
		public Throwable getCause() {
			throw new UnsupportedOperationException("no cause");
		}

	}

	private static final class TextlessException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new UnsupportedOperationException("no text");
		}

	}

	@Test
	void anAddressThatAPeerHasChosenIsOneLine() throws Exception {
		Path hostile = this.directory.resolve("a\n2026 ERROR\u001b[2J");
		try (TestNetwork network = new TestNetwork(TransportKind.UNIX, this.directory);
				SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			StreamServer server = network.serve((reader, writer) -> reader.read());
			client.bind(UnixDomainSocketAddress.of(hostile));
			client.connect(server.addresses().getFirst());
			await().until(() -> server.connections().size() == 1);
			StreamConnection connection = server.connections().iterator().next();
			assertThat(((UnixDomainSocketAddress) connection.remoteAddress()).getPath()).isEqualTo(hostile);
			assertThat(connection.toString()).contains("a\\n2026 ERROR\\x1b[2J").matches("\\p{Print}+");
		}
	}

}
