package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.streams.buffer.SegmentPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Connections that somebody opened and forgot.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class AbandonedConnectionTests {

	private static final byte[] LINE = "line\n".getBytes(StandardCharsets.ISO_8859_1);

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private final CountDownLatch speak = new CountDownLatch(1);

	private TestNetwork network;

	private StreamServer server;

	@BeforeEach
	void serve() throws IOException {
		this.network = new TestNetwork(TransportKind.TCP, this.directory);
		this.server = this.network.serve((reader, writer) -> {
			byte[] all = reader.readLine();
			this.speak.await();
			writer.write(LINE);
			writer.write(all);
			reader.read();
		});
	}

	@AfterEach
	void close() throws IOException {
		this.speak.countDown();
		this.network.close();
	}

	@Test
	@ExpectedLog(value = "was let go of and never closed, so it is closed now", times = 1)
	void isReportedWithTheIdOfItsServersSideAndClosedAfterWhatWasWritten() throws IOException {
		forget((connection) -> {
			connection.writer().write(LINE);
			return null;
		});
		await().until(() -> {
			System.gc();
			return this.events.count("closed") == 1;
		});
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.ABANDONED);
		assertThat(this.events.names()).containsSubsequence("opened", "failed", "closed");
		assertThat(this.events.events("failed").getFirst().detail()).isEqualTo("connection left open");
		this.speak.countDown();
		await().until(() -> this.server.snapshot().activeConnections() == 0);
	}

	@Test
	@ExpectedLog(value = "was let go of and never closed", times = 40)
	void oneInManyNamesThePlaceWhereItWasOpened() throws IOException {
		for (int i = 0; i < 40; i++) {
			forget((connection) -> null);
		}
		await().until(() -> {
			System.gc();
			return this.events.count("closed") == 40;
		});
		assertThat(this.events.events("failed")).extracting(RecordingListener.Event::cause)
			.filteredOn((cause) -> cause.getMessage().equals("It was opened here"))
			.isNotEmpty()
			.allSatisfy((cause) -> assertThat(cause.getStackTrace())
				.anyMatch((frame) -> frame.getMethodName().equals("forget")));
	}

	@ParameterizedTest
	@MethodSource
	void isNotAbandonedAsLongAsAnyPartOfItIsHeld(Function<StreamConnection, Object> part) throws IOException {
		Object held = forget(part);
		for (int i = 0; i < 5; i++) {
			System.gc();
			await().during(Duration.ofMillis(20)).until(() -> this.events.count("closed") == 0);
		}
		Reference.reachabilityFence(held);
		this.events.events("opened").forEach((event) -> event.connection().abort());
	}

	static List<Arguments> isNotAbandonedAsLongAsAnyPartOfItIsHeld() {
		return List.of(part("connection", (connection) -> connection), part("reader", StreamConnection::reader),
				part("writer", StreamConnection::writer),
				part("inputStream", (connection) -> connection.reader().inputStream()),
				part("outputStream", (connection) -> connection.writer().outputStream()),
				part("lines", (connection) -> connection.reader().lines().iterator()),
				part("waitClosed", (connection) -> connection.writer().waitClosedAsync()));
	}

	private static Arguments part(String name, Function<StreamConnection, Object> part) {
		return argumentSet(name, part);
	}

	@Test
	void aReadThatWaitsHoldsIt() throws Exception {
		long before = SegmentPool.segmentsInUse();
		CompletableFuture<byte[]> line = forget((connection) -> {
			connection.writer().write(LINE);
			CompletableFuture<byte[]> reading = connection.reader().readLineAsync();
			reading.thenRun(connection::abort);
			return reading;
		});
		for (int i = 0; i < 5; i++) {
			System.gc();
		}
		this.speak.countDown();
		assertThat(line.get(5, TimeUnit.SECONDS)).isEqualTo(LINE);
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.ABORTED)));
		awaitThatNothingIsBuffered(before);
	}

	/** What was received and cannot be read any more gives back its segments. */
	private static void awaitThatNothingIsBuffered(long before) {
		await().until(() -> {
			System.gc();
			return SegmentPool.segmentsInUse() <= before;
		});
	}

	@Test
	void aThreadThatReadsHoldsIt() throws Exception {
		CompletableFuture<String> read = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				InputStream input = forget((connection) -> {
					connection.writer().write(LINE);
					return connection.reader().inputStream();
				});
				read.complete(new String(input.readNBytes(2 * LINE.length), StandardCharsets.ISO_8859_1));
				this.events.events("opened").forEach((event) -> event.connection().abort());
			}
			catch (IOException ex) {
				read.completeExceptionally(ex);
			}
		});
		await().until(() -> this.server.snapshot().activeConnections() == 1);
		for (int i = 0; i < 5; i++) {
			System.gc();
		}
		this.speak.countDown();
		assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo("line\nline\n");
	}

	@Test
	void whatWasClosedIsNotReported() throws IOException {
		for (int i = 0; i < 10; i++) {
			forget((connection) -> {
				connection.abort();
				return null;
			});
		}
		await().until(() -> this.events.count("closed") == 10);
		System.gc();
		assertThat(this.events.closeReasons()).containsOnly(CloseReason.ABORTED);
		assertThat(this.events.count("failed")).isZero();
	}

	@Test
	void allViewsOfAConnectionAreEqual() throws IOException {
		StreamConnection opened = forget((connection) -> connection);
		StreamConnection heard = this.events.events("opened").getFirst().connection();
		assertThat(opened).isEqualTo(heard).hasSameHashCodeAs(heard).hasToString(heard.toString());
		assertThat(opened.reader()).isSameAs(opened.reader());
		assertThat(opened.writer().connection()).isSameAs(opened);
		opened.abort();
	}

	/** Opens a connection and keeps of it no more than is asked for. */
	private <T> T forget(Function<StreamConnection, T> use) throws IOException {
		ConnectOptions options = ConnectOptions.builder()
			.listener(this.events)
			.transports(TestNetwork.TRANSPORTS)
			.build();
		return use.apply(Streams.openConnection("127.0.0.1", this.server.port(), options));
	}

}
