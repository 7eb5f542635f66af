package io.streams;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Plays one recorded case of CPython's {@code asyncio.StreamReader} on a reader of this
 * library, and compares each step.
 */
final class ReaderReplay {

	/** Which methods are called. */
	enum Form {

		/** The asynchronous ones. */
		ASYNCHRONOUS,

		/** The blocking ones, for reads that are known to end at once. */
		BLOCKING

	}

	private final JsonNode vector;

	private final Form form;

	private final RecordingTransport transport = new RecordingTransport();

	private final ReaderFeed feed;

	private final StreamReader reader;

	private final List<Started> started = new ArrayList<>();

	ReaderReplay(JsonNode vector, Form form) {
		this.vector = vector;
		this.form = form;
		this.feed = ReaderFeed.create(vector.get("limit").asInt());
		this.reader = this.feed.reader();
		this.feed.setTransport(this.transport);
	}

	/**
	 * Plays the case.
	 * @return the first step that went otherwise, or {@code null}
	 */
	@Nullable String run() {
		int index = 0;
		for (JsonNode step : this.vector.get("steps")) {
			String done = perform(index, step.get("do"), this.form == Form.BLOCKING && endsAtOnce(index, step));
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

	/**
	 * Whether the read that a step begins ends in it. Left out is one to the end of the
	 * input that is refused: the blocking form alone gives back what it took.
	 */
	private static boolean endsAtOnce(int index, JsonNode step) {
		JsonNode action = step.get("do");
		boolean toTheEnd = action.get(0).asString().equals("r") && action.get(1).asInt() < 0;
		return StreamSupport.stream(step.get("done").spliterator(), false)
			.anyMatch((done) -> done.get(0).isNumber() && done.get(0).asInt() == index
					&& !(toTheEnd && done.get(1).asString().equals("RuntimeError")));
	}

	private String perform(int index, JsonNode action, boolean block) {
		List<String> done = new ArrayList<>();
		switch (action.get(0).asString()) {
			case "f" -> feed(index, action.get(1).asString(), done);
			case "e" -> this.feed.feedEof();
			case "l" -> this.reader.setLimit(action.get(1).asInt());
			case "r", "rl", "ru", "rx" -> this.started
				.add(new Started(index, action.get(0).asString().equals("rl"), block ? block(action) : start(action)));
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
			this.feed.feedData(HexFormat.of().parseHex(hex));
		}
		catch (IllegalStateException ex) {
			done.add("[" + index + ",\"AssertionError\",null]");
		}
	}

	private CompletableFuture<byte[]> start(JsonNode action) {
		try {
			return switch (action.get(0).asString()) {
				case "r" -> this.reader.readAsync(action.get(1).asInt());
				case "rl" -> this.reader.readLineAsync();
				case "ru" -> this.reader.readUntilAsync(separators(action.get(1)));
				default -> this.reader.readExactlyAsync(action.get(1).asInt());
			};
		}
		catch (IllegalArgumentException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<byte[]> block(JsonNode action) {
		try {
			return CompletableFuture.completedFuture(switch (action.get(0).asString()) {
				case "r" -> this.reader.read(action.get(1).asInt());
				case "rl" -> this.reader.readLine();
				case "ru" -> this.reader.readUntil(separators(action.get(1)));
				default -> this.reader.readExactly(action.get(1).asInt());
			});
		}
		catch (IOException | IllegalArgumentException | IllegalStateException ex) {
			return CompletableFuture.failedFuture(ex);
		}
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

	/** A read that was started. */
	private record Started(int index, boolean line, CompletableFuture<byte[]> future) {
	}

}
