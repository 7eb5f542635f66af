package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.streams.loop.LoopThreads;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsInitialization;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportFactory;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the thread that initializes the JDK's classes for TLS. Each case is the first
 * handshake of a process of its own.
 */
@Tag("slow")
@Tag("sockets")
@Timeout(60)
class TlsInitializationTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource
	void noEventLoopLoadsClassesOfTheTlsEngine(Case first) throws Exception {
		Path result = this.directory.resolve("classes");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
				Main.class.getName(), first.name(), result.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		assertThat(Files.readAllLines(result)).isEmpty();
	}

	@Test
	void initializationEndsAndHappensOnce() {
		TlsInitialization.await();
		assertThat(TlsInitialization.isDone()).isTrue();
		assertThat(TlsInitialization.start()).isCompleted();
	}

	/** What speaks TLS first in a process. */
	enum Case {

		/** A server, from the first byte. */
		SERVER,

		/** A server that upgrades a connection. */
		START_TLS,

		/** A client, from the first byte. */
		CLIENT

	}

	/** The process under test. */
	static final class Main {

		private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

		private static final TlsOptions CLIENT = TlsOptions.builder(TestIdentity.trusting()).build();

		private Main() {
		}

		public static void main(String[] args) throws Exception {
			Path recorded = Path.of(args[1] + ".jfr");
			try (Recording recording = new Recording();
					TransportFactory transports = Streams.newTransports(TestLoops.of(1, LoopThreads.PLATFORM))) {
				recording.enable("jdk.ClassLoad").withoutThreshold();
				recording.start();
				switch (Case.valueOf(args[0])) {
					case SERVER -> serve(transports, SERVER);
					case START_TLS -> serve(transports, null);
					case CLIENT -> connect(transports);
				}
				recording.stop();
				recording.dump(recorded);
			}
			Files.write(Path.of(args[1]), classesLoadedByLoops(recorded));
			System.exit(0);
		}

		/** The client is the JDK's, on another thread. */
		private static void serve(TransportFactory transports, TlsOptions tls) throws IOException {
			ServerOptions options = ServerOptions.builder().transports(transports).tls(tls).build();
			try (StreamServer server = Streams.startServer((reader, writer) -> {
				if (tls == null) {
					writer.startTls(SERVER);
				}
				writer.write("hello\n".getBytes(StandardCharsets.US_ASCII));
				writer.drain();
				reader.read();
			}, "127.0.0.1", 0, options);
					TlsPeer client = TlsPeer.over(new Socket(InetAddress.getLoopbackAddress(), server.port()),
							TestIdentity.trusting(), "TLSv1.3", (socket) -> {
							})) {
				assertThat(client.readLine()).isEqualTo("hello");
			}
		}

		/** The server is silent, so that it loads nothing. */
		private static void connect(TransportFactory transports) throws Exception {
			CountDownLatch begun = new CountDownLatch(1);
			try (StreamServer server = Streams.startServer((reader, writer) -> {
				reader.readExactly(1);
				begun.countDown();
				reader.readExactly(1 << 16);
			}, "127.0.0.1", 0, ServerOptions.builder().transports(transports).build())) {
				Streams.openConnectionAsync("127.0.0.1", server.port(),
						ConnectOptions.builder().transports(transports).tls(CLIENT).build());
				begun.await();
				server.close();
				server.abortClients();
				server.waitClosed();
			}
		}

		private static List<String> classesLoadedByLoops(Path recorded) throws IOException {
			return RecordingFile.readAllEvents(recorded)
				.stream()
				.filter((event) -> event.getThread() != null
						&& String.valueOf(event.getThread().getJavaName()).startsWith("streams-loop"))
				.map((RecordedEvent event) -> event.getClass("loadedClass").getName())
				.filter((name) -> name.startsWith("sun.security.ssl.") || name.startsWith("com.sun.crypto."))
				.toList();
		}

	}

}
