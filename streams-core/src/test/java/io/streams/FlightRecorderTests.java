package io.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FlightRecorderListener}: a recording tells the story of a connection.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class FlightRecorderTests {

	private static final Duration STALL = Duration.ofMillis(50);

	@TempDir
	Path directory;

	@Test
	void aConnectionsStoryIsRecorded() throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		RecordingListener seen = new RecordingListener();
		try (Recording recording = new Recording();
				TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)
					.with((options) -> options.limit(1024)
						.listener(StreamListener.all(List.of(new FlightRecorderListener(), seen))))
					.with((options) -> options.sendBuffer(8192))) {
			recording.start();
			StreamServer server = network.serve((reader, writer) -> {
				read.await();
				reader.readExactly(8192);
				writer.write(new byte[1_000_000]);
				writer.drain();
			});
			RawClient client = network.connectRaw(server, 4096);
			client.send(new byte[8192]);
			await().until(() -> seen.count("readingPaused") == 1);
			String id = server.connections().iterator().next().id();
			await().during(STALL).until(() -> seen.count("readingResumed") == 0);
			read.countDown();
			await().until(() -> seen.count("drainStarted") == 1);
			await().during(STALL).until(() -> seen.count("writingResumed") == 0);
			assertThat(client.readToEnd()).hasSize(1_000_000);
			await().until(() -> seen.count("closed") == 1);
			recording.stop();
			assertStory(eventsOf(recording), id, server.name());
		}
	}

	private List<RecordedEvent> eventsOf(Recording recording) throws Exception {
		Path file = this.directory.resolve("recording.jfr");
		recording.dump(file);
		return RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getEventType().getName().startsWith("io.streams."))
			.toList();
	}

	private static void assertStory(List<RecordedEvent> events, String id, String server) {
		assertThat(events).allSatisfy((event) -> {
			assertThat(event.getString("connection")).isEqualTo(id);
			assertThat(event.getString("server")).isEqualTo(server);
			assertThat(event.getEventType().getCategoryNames()).containsExactly("Streams");
		});
		assertThat(ofType(events, "ConnectionOpened")).hasSize(1);
		assertThat(ofType(events, "Paused")).extracting((event) -> event.getString("direction"))
			.containsExactlyInAnyOrder("read", "write");
		assertThat(ofType(events, "Resumed")).hasSize(2)
			.allSatisfy((event) -> assertThat(event.getDuration("paused")).isGreaterThanOrEqualTo(STALL));
		assertThat(ofType(events, "Stall")).hasSize(2)
			.allSatisfy((event) -> assertThat(event.getDuration()).isGreaterThanOrEqualTo(STALL));
		assertThat(ofType(events, "Drained")).singleElement()
			.satisfies((event) -> assertThat(event.getDuration("waited")).isGreaterThanOrEqualTo(STALL));
		assertThat(ofType(events, "ConnectionClosed")).singleElement()
			.satisfies((event) -> assertThat(event.getString("reason")).isEqualTo("handler-finished"));
	}

	private static List<RecordedEvent> ofType(List<RecordedEvent> events, String name) {
		return events.stream().filter((event) -> event.getEventType().getName().equals("io.streams." + name)).toList();
	}

}
