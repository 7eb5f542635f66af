package io.streams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.streams.transport.ConnectionLostException;

/**
 * The twin of {@code differential_server.py}, line by line.
 */
final class DifferentialHandler implements ConnectionHandler {

	private final Map<String, CompletableFuture<String>> endings = new ConcurrentHashMap<>();

	@Override
	public void handle(StreamReader reader, StreamWriter writer) throws Exception {
		String[] words = words(reader.readLine());
		if (words[0].equals("I")) {
			converse(reader, writer, words[1]);
		}
		else if (words[0].equals("G")) {
			reply(writer, endingOf(words[1]).get());
		}
		while (words[0].equals("P")) {
			reply(writer, "p");
			words = words(reader.readLine());
		}
	}

	private void converse(StreamReader reader, StreamWriter writer, String script) throws IOException {
		String ending;
		try {
			obey(reader, writer);
			ending = "returned";
		}
		catch (ConnectionLostException ex) {
			ending = "reset";
		}
		catch (IllegalStateException ex) {
			ending = "misuse";
		}
		catch (AskedForException ex) {
			endingOf(script).complete("raised");
			throw ex;
		}
		endingOf(script).complete(ending);
	}

	private static void obey(StreamReader reader, StreamWriter writer) throws IOException {
		while (true) {
			byte[] line = reader.readLine();
			String[] words = (line.length > 0) ? words(line) : new String[] { "C" };
			switch (words[0]) {
				case "C" -> {
					writer.close();
					writer.waitClosed();
					return;
				}
				case "Q" -> {
					return;
				}
				case "!" -> throw new AskedForException();
				case "E" -> writer.writeEof();
				case "T" -> reply(writer, "T " + python(reader.atEof()) + " " + python(writer.isClosing()) + " "
						+ python(writer.canWriteEof()));
				case "W" -> {
					writer.write("w".repeat(Integer.parseInt(words[1])).getBytes(StandardCharsets.US_ASCII));
					writer.writeLines(List.of(new byte[] { 'x' }, new byte[] { 'y' }, new byte[] { '\n' }));
					writer.drain();
				}
				default -> {
					reply(writer, "r");
					reply(writer, read(reader, writer, words));
				}
			}
		}
	}

	private static String read(StreamReader reader, StreamWriter writer, String[] words) throws IOException {
		List<byte[]> separators = words[0].equals("U") ? separators(words) : List.of();
		try {
			return text(switch (words[0]) {
				case "L" -> reader.readLine();
				case "X" -> reader.readExactly(Integer.parseInt(words[1]));
				case "R" -> reader.read(Integer.parseInt(words[1]));
				default -> reader.readUntil(separators);
			});
		}
		catch (IllegalArgumentException ex) {
			return "E value";
		}
		catch (IncompleteReadException ex) {
			return "E incomplete " + HexFormat.of().formatHex(ex.partial()) + " "
					+ (ex.expected().isPresent() ? ex.expected().getAsLong() : "None");
		}
		catch (LimitOverrunException ex) {
			if (words[0].equals("L")) {
				return "E value";
			}
			String found = ex.getMessage().contains("is found") ? "found" : "missing";
			reply(writer, "E overrun " + found + " " + ex.consumed());
			reader.readExactly((int) ex.consumed());
			return text(reader.readUntil(separators));
		}
	}

	private static List<byte[]> separators(String[] words) {
		return Arrays.stream(words, 1, words.length).map(HexFormat.of()::parseHex).toList();
	}

	private static void reply(StreamWriter writer, String text) throws IOException {
		writer.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
		writer.drain();
	}

	private CompletableFuture<String> endingOf(String script) {
		return this.endings.computeIfAbsent(script, (key) -> new CompletableFuture<>());
	}

	private static String[] words(byte[] line) {
		return new String(line, StandardCharsets.US_ASCII).strip().split(" ");
	}

	private static String text(byte[] data) {
		return "= " + HexFormat.of().formatHex(data);
	}

	private static String python(boolean value) {
		return value ? "True" : "False";
	}

	/** The client wanted the handler to fail. */
	private static final class AskedForException extends IOException {

		private static final long serialVersionUID = 1L;

		AskedForException() {
			super("the client asked for it");
		}

	}

}
