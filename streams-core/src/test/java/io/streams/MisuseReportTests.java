package io.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.streams.loop.LoopThreads;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Ways to use streams that work until the day they do not: each is in the log once, with
 * the place in the documentation that says what to do.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(20)
class MisuseReportTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern LINK = Pattern.compile("docs/([a-z-]+\\.md)#([a-z-]+)");

	private static final Pattern STRING_END = Pattern.compile("\"\\s*\\+\\s*\"");

	@TempDir
	Path directory;

	private final LogCapture log = new LogCapture();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(TransportKind.TCP, this.directory);
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
		this.log.close();
	}

	@Test
	@ExpectedLog(value = "A second read began while one was waiting", times = 1)
	void aSecondReaderIsReportedOnce() throws Exception {
		Semaphore refused = new Semaphore(0);
		StreamServer server = this.network.serve((reader, writer) -> {
			CompletableFuture<byte[]> first = reader.readLineAsync();
			assertThatIllegalStateException().isThrownBy(reader::readLine).withMessageContaining("already waiting");
			assertThatIllegalStateException().isThrownBy(reader::read).withMessageContaining("already waiting");
			refused.release();
			first.join();
		});
		for (int i = 0; i < 2; i++) {
			RawClient client = this.network.connectRaw(server);
			assertThat(refused.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
			client.send("x\n");
			assertThat(client.readToEnd()).isEmpty();
		}
		assertThat(this.log.messagesWith("A second read began")).singleElement()
			.asString()
			.startsWith(server.name() + ": ")
			.contains("docs/flow-control.md#one-reader");
	}

	@Test
	@ExpectedLog("The handler of connection")
	@ExpectedLog(value = "A peer sent a line that is longer than the limit", times = 1)
	void aLimitThatIsOverrunIsReportedOnceWithItsProperty() throws Exception {
		StreamServer server = this.network.with((options) -> options.limit(16))
			.serve((reader, writer) -> reader.readLine());
		for (int i = 0; i < 2; i++) {
			RawClient client = this.network.connectRaw(server);
			client.send("x".repeat(64) + "\n");
			assertThat(client.readToEnd()).isEmpty();
		}
		await().untilAsserted(() -> assertThat(this.log.messagesWith("longer than the limit, and")).singleElement()
			.asString()
			.contains("streams.servers." + server.name() + ".limit", "ServerOptions.limit",
					"docs/flow-control.md#limit"));
	}

	@Test
	@ExpectedLog(value = "has been in one call for", times = 1)
	void aHandlerThatBlocksItsLoopIsReportedOnceWithItsStack() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		try (TransportFactory own = NioTransportFactory.create(TestLoops.of(1, LoopThreads.VIRTUAL))) {
			ServerOptions options = ServerOptions.builder().transports(own).build();
			try (StreamServer server = Streams.startAsyncServer((reader, writer) -> {
				waitFor(release);
				return CompletableFuture.completedFuture(null);
			}, "127.0.0.1", 0, options)) {
				RawClient client = RawClient.connect(server.addresses().getFirst());
				await().until(() -> !this.log.messagesWith("has been in one call for").isEmpty());
				assertThat(this.log.messagesWith("has been in one call for")).singleElement()
					.asString()
					.contains("docs/flow-control.md#blocked-loop", "MisuseReportTests.waitFor");
				release.countDown();
				client.close();
			}
		}
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void everyPlaceThatTheLogNamesIsThere() throws IOException {
		List<String> links = new ArrayList<>();
		for (Misuse misuse : Misuse.values()) {
			links.add("flow-control.md#" + misuse.anchor());
		}
		try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
			for (Path source : sources.filter((path) -> path.toString().endsWith(".java")).toList()) {
				String text = STRING_END.matcher(Files.readString(source)).replaceAll("");
				LINK.matcher(text).results().forEach((link) -> links.add(link.group(1) + "#" + link.group(2)));
			}
		}
		assertThat(links).contains("flow-control.md#drain", "flow-control.md#limit", "flow-control.md#one-reader",
				"flow-control.md#left-open", "flow-control.md#blocked-loop");
		for (String link : links) {
			String[] parts = link.split("#");
			assertThat(Files.readString(DOCS.resolve(parts[0]))).contains("<a id=\"" + parts[1] + "\"></a>");
		}
	}

}
