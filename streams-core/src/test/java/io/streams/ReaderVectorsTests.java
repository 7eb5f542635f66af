package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays what CPython's {@code asyncio.StreamReader} did in some thousand random cases,
 * and expects the same: results, errors with their fields, what stays buffered, the
 * paused state and the calls on the transport.
 */
class ReaderVectorsTests {

	private static final ObjectMapper mapper = new ObjectMapper();

	@Test
	void behavesAsCPythonInEveryCase() throws IOException {
		List<String> differences = new ArrayList<>();
		int cases = 0;
		for (String line : vectors()) {
			JsonNode vector = mapper.readTree(line);
			String difference = new Replay(vector).run();
			if (difference != null) {
				differences.add(difference);
			}
			cases++;
		}
		assertThat(cases).isEqualTo(6000);
		assertThat(differences).as("differing cases").isEmpty();
	}

	private static List<String> vectors() {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(
				new GZIPInputStream(ReaderVectorsTests.class.getResourceAsStream("reader-vectors.jsonl.gz")),
				StandardCharsets.UTF_8))) {
			return reader.lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** One case. */
	private static final class Replay {

		private final JsonNode vector;

		private final RecordingTransport transport = new RecordingTransport();

		private final StreamReader reader;

		private final List<Started> started = new ArrayList<>();

		Replay(JsonNode vector) {
			this.vector = vector;
			this.reader = new StreamReader(vector.get("limit").asInt());
			this.reader.setTransport(this.transport);
		}

		@Nullable String run() {
			int index = 0;
			for (JsonNode step : this.vector.get("steps")) {
				String done = perform(index, step.get("do"));
				String actual = "done=%s buf=%d paused=%s tr=%s".formatted(done, this.reader.buffered(),
						this.reader.side().snapshot(System.nanoTime()).pauses().paused(), this.transport.takeCalls());
				String expected = "done=%s buf=%d paused=%s tr=%s".formatted(expectedDone(step.get("done")),
						step.get("buf").asInt(), step.get("paused").asBoolean(), texts(step.get("tr")));
				if (!actual.equals(expected)) {
					return "case %d step %d %s: expected %s but was %s".formatted(this.vector.get("id").asInt(), index,
							step.get("do"), expected, actual);
				}
				index++;
			}
			return null;
		}

		private String perform(int index, JsonNode action) {
			List<String> done = new ArrayList<>();
			switch (action.get(0).asString()) {
				case "f" -> feed(index, action.get(1).asString(), done);
				case "e" -> this.reader.feedEof();
				case "r" -> start(index, false, () -> this.reader.readAsync(action.get(1).asInt()));
				case "rl" -> start(index, true, this.reader::readLineAsync);
				case "ru" -> start(index, false, () -> this.reader.readUntilAsync(separators(action.get(1))));
				case "rx" -> start(index, false, () -> this.reader.readExactlyAsync(action.get(1).asInt()));
				case "c" -> this.started.forEach((read) -> read.future().cancel(true));
				case "q" -> done.add("[\"q\",\"ok\"," + this.reader.atEof() + "]");
				default -> throw new IllegalStateException("unknown action " + action);
			}
			this.started.removeIf((read) -> {
				if (read.future().isDone()) {
					done.add(outcome(read));
				}
				return read.future().isDone();
			});
			done.sort(Comparator.naturalOrder());
			return done.toString();
		}

		private void feed(int index, String hex, List<String> done) {
			try {
				this.reader.feedData(HexFormat.of().parseHex(hex));
			}
			catch (IllegalStateException ex) {
				done.add("[" + index + ",\"AssertionError\",null]");
			}
		}

		private void start(int index, boolean line, Supplier<CompletableFuture<byte[]>> read) {
			CompletableFuture<byte[]> future;
			try {
				future = read.get();
			}
			catch (IllegalArgumentException ex) {
				future = CompletableFuture.failedFuture(ex);
			}
			this.started.add(new Started(index, line, future));
		}

		private static List<byte[]> separators(JsonNode node) {
			if (node.isString()) {
				return List.of(HexFormat.of().parseHex(node.asString()));
			}
			return StreamSupport.stream(node.spliterator(), false)
				.map((element) -> HexFormat.of().parseHex(element.asString()))
				.toList();
		}

		private static String outcome(Started read) {
			String outcome;
			try {
				outcome = "\"ok\",\"" + HexFormat.of().formatHex(read.future().join()) + "\"";
			}
			catch (CancellationException ex) {
				outcome = "\"cancelled\",null";
			}
			catch (CompletionException ex) {
				outcome = failure(ex.getCause(), read.line());
			}
			return "[" + read.index() + "," + outcome + "]";
		}

		private static String failure(Throwable failure, boolean line) {
			return switch (failure) {
				case IncompleteReadException incomplete ->
					"\"IncompleteReadError\",[\"" + HexFormat.of().formatHex(incomplete.partial()) + "\","
							+ (incomplete.expected().isPresent() ? incomplete.expected().getAsLong() : "null") + "]";
				case LimitOverrunException overrun ->
					line ? "\"ValueError\",null" : "\"LimitOverrunError\",[" + overrun.consumed() + "]";
				case IllegalArgumentException argument -> "\"ValueError\",null";
				case IllegalStateException second -> "\"RuntimeError\",null";
				default -> failure.toString();
			};
		}

		private static String expectedDone(JsonNode done) {
			return StreamSupport.stream(done.spliterator(), false).map(JsonNode::toString).sorted().toList().toString();
		}

		private static List<String> texts(JsonNode array) {
			return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asString).toList();
		}

	}

	/** A read that was started. */
	private record Started(int index, boolean line, CompletableFuture<byte[]> future) {
	}

}
