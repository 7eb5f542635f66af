package io.streams;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * What one client does, step by step. It is in step with its server by construction: each
 * command's input is sent whole sooner or later, and where an outcome depends on how much
 * has arrived, the server has said that it waits, and the input is one small piece.
 *
 * @param id the script's number
 * @param steps what to do
 */
record DifferentialScript(int id, List<Step> steps) {

	/** The limit of both servers' readers. */
	static final int LIMIT = 64;

	/** Something that a client does. */
	sealed interface Step {

		/** Sends bytes at once. */
		record Send(byte[] data) implements Step {

			@Override
			public String toString() {
				return "Send["
						+ new String(this.data, StandardCharsets.ISO_8859_1).replace("\n", "\\n").replace("\r", "\\r")
						+ "]";
			}

		}

		/** Waits until the server has turned to another connection and back. */
		record Pause() implements Step {
		}

		/** Waits for lines from the server. */
		record AwaitLines(int count) implements Step {
		}

		/** Ends the own side. */
		record HalfClose() implements Step {
		}

		/** Waits for the end of the server's side. */
		record AwaitEnd() implements Step {
		}

		/** Closes with a reset. */
		record Reset() implements Step {
		}

		/** Closes. */
		record Close() implements Step {
		}

	}

	/**
	 * Makes a script up.
	 * @param id its number
	 * @param random decides
	 * @param since313 whether asyncio is CPython 3.13's or a later one, whose
	 * {@code readuntil} takes several separators, and which closes the connection of a
	 * handler that returned
	 * @return the script
	 */
	static DifferentialScript random(int id, Random random, boolean since313) {
		return new DifferentialScript(id, new Author(random, since313).write());
	}

	/** Makes a script up. */
	private static final class Author {

		private static final String[] SEPARATORS = { "\n", "\r\n", "aab", "abab", ";" };

		private final Random random;

		private final boolean since313;

		private final List<Step> steps = new ArrayList<>();

		Author(Random random, boolean since313) {
			this.random = random;
			this.since313 = since313;
		}

		List<Step> write() {
			for (int i = this.random.nextInt(6); i > 0; i--) {
				switch (this.random.nextInt(5)) {
					case 0 -> longLine();
					case 1 -> overrun();
					case 2 -> readSome();
					case 3 -> badArguments();
					default -> batch();
				}
			}
			end();
			return List.copyOf(this.steps);
		}

		/** Several commands in a row, with their input, cut into random pieces. */
		private void batch() {
			StringBuilder text = new StringBuilder();
			int lines = 0;
			for (int i = 1 + this.random.nextInt(8); i > 0; i--) {
				switch (this.random.nextInt(5)) {
					case 0 -> {
						text.append("T\n");
						lines++;
					}
					case 1 -> {
						text.append("W ").append(bulk()).append('\n');
						lines++;
					}
					case 2 -> {
						text.append("L\n").append(body(this.random.nextInt(LIMIT + 1))).append('\n');
						lines += 2;
					}
					case 3 -> {
						String body = body(this.random.nextInt(5 * LIMIT));
						text.append("X ").append(body.length()).append('\n').append(body);
						lines += 2;
					}
					default -> {
						List<String> separators = separators();
						// Of "\n" and "\r\n" the shorter counts, and \r as a byte before
						// it.
						int most = (separators.size() > 1) ? LIMIT - 1 : LIMIT;
						text.append(until(separators)).append(chunk(separators, this.random.nextInt(most + 1)));
						lines += 2;
					}
				}
			}
			sendInPieces(text.toString());
			await(lines);
		}

		/** A line above the limit, at once, with or without its end. */
		private void longLine() {
			command("L\n");
			if (this.random.nextBoolean()) {
				send(body(LIMIT + 1 + this.random.nextInt(LIMIT)) + "\nT\n");
				await(2);
			}
			else {
				send(body(LIMIT + 1 + this.random.nextInt(LIMIT)));
				await(1);
			}
		}

		/** More than the limit before a separator: skipped, then read on. */
		private void overrun() {
			List<String> separators = separators();
			command(until(separators));
			String chunk = chunk(separators, LIMIT + 8 + this.random.nextInt(LIMIT));
			if (this.random.nextBoolean()) {
				send(chunk);
				await(2);
			}
			else {
				int rest = separators.stream().mapToInt(String::length).max().orElseThrow();
				send(chunk.substring(0, chunk.length() - rest));
				await(1);
				sendInPieces(chunk.substring(chunk.length() - rest));
				await(1);
			}
		}

		/** {@code read(n)} of one piece, shorter or longer; what is left is a command. */
		private void readSome() {
			int max = 1 + this.random.nextInt(2 * LIMIT);
			command("R " + max + "\n");
			if (this.random.nextBoolean()) {
				send(body(1 + this.random.nextInt(max)));
				await(1);
			}
			else {
				send(body(max) + "T\n");
				await(2);
			}
		}

		private void badArguments() {
			send(switch (this.random.nextInt(3)) {
				case 0 -> "X -1\n";
				case 1 -> "X 0\n";
				default -> "R 0\n";
			});
			await(2);
		}

		private void end() {
			switch (this.random.nextInt(12)) {
				case 0 -> endOfInput("");
				case 1 -> endOfInput("T");
				case 2 -> endInTheMiddle("X 40\n", body(this.random.nextInt(40)));
				case 3 -> endInTheMiddle(until(separators()), body(this.random.nextInt(LIMIT)));
				case 4 -> endInTheMiddle("L\n", body(this.random.nextInt(LIMIT)));
				case 5 -> endInTheMiddle("R -1\n", body(this.random.nextInt(6 * LIMIT)));
				case 6 -> lastCommand("C\n");
				case 7 -> lastCommand(this.since313 ? "Q\n" : "C\n");
				case 8 -> lastCommand("!\n");
				case 9 -> endOfOutput();
				case 10 -> resetIt();
				default -> this.steps.add(new Step.Close());
			}
		}

		private void endOfInput(String rest) {
			sendInPieces(rest);
			this.steps.add(new Step.HalfClose());
			await(rest.isEmpty() ? 0 : 1);
			this.steps.add(new Step.AwaitEnd());
		}

		private void endInTheMiddle(String command, String input) {
			command(command);
			sendInPieces(input);
			this.steps.add(new Step.HalfClose());
			await(1);
			this.steps.add(new Step.AwaitEnd());
		}

		private void lastCommand(String command) {
			send("W " + bulk() + "\n" + command);
			this.steps.add(new Step.AwaitEnd());
		}

		/** The server ends its side; after that it may only read. */
		private void endOfOutput() {
			send("T\nE\n");
			this.steps.add(new Step.AwaitEnd());
			if (this.random.nextBoolean()) {
				send("T\n");
			}
			this.steps.add(new Step.HalfClose());
		}

		private void resetIt() {
			if (this.random.nextBoolean()) {
				command("X 40\n");
				sendInPieces(body(this.random.nextInt(40)));
			}
			this.steps.add(new Step.Pause());
			this.steps.add(new Step.Reset());
		}

		private List<String> separators() {
			String first = SEPARATORS[this.random.nextInt(SEPARATORS.length)];
			String second = SEPARATORS[this.random.nextInt(SEPARATORS.length)];
			boolean two = this.since313 && this.random.nextBoolean() && !first.equals(second);
			return two ? List.of(first, second) : List.of(first);
		}

		private static String until(List<String> separators) {
			StringBuilder command = new StringBuilder("U");
			for (String separator : separators) {
				command.append(' ').append(HexFormat.of().formatHex(separator.getBytes(StandardCharsets.ISO_8859_1)));
			}
			return command.append('\n').toString();
		}

		/** So many bytes with no separator in them, and a separator. */
		private String chunk(List<String> separators, int length) {
			String separator = separators.get(this.random.nextInt(separators.size()));
			while (true) {
				String chunk = body(length) + separator;
				int end = separators.stream()
					.filter(chunk::contains)
					.mapToInt((candidate) -> chunk.indexOf(candidate) + candidate.length())
					.min()
					.orElseThrow();
				if (end == chunk.length()) {
					return chunk;
				}
			}
		}

		/** Bytes of which separators can begin, but with no end of a line. */
		private String body(int length) {
			StringBuilder body = new StringBuilder();
			for (int i = 0; i < length; i++) {
				body.append("abcdefgh\r"
					.charAt((this.random.nextInt(4) == 0) ? this.random.nextInt(2) : this.random.nextInt(9)));
			}
			return body.toString();
		}

		private int bulk() {
			return (this.random.nextInt(10) == 0) ? this.random.nextInt(300_000) : this.random.nextInt(300);
		}

		private void command(String text) {
			send(text);
			await(1);
		}

		private void send(String text) {
			if (!text.isEmpty()) {
				this.steps.add(new Step.Send(text.getBytes(StandardCharsets.ISO_8859_1)));
			}
		}

		private void sendInPieces(String text) {
			int from = 0;
			while (from < text.length()) {
				int length = (this.random.nextInt(3) == 0) ? 1 + this.random.nextInt(3)
						: 1 + this.random.nextInt(text.length());
				int to = Math.min(text.length(), from + length);
				send(text.substring(from, to));
				if (this.random.nextInt(3) == 0) {
					this.steps.add(new Step.Pause());
				}
				from = to;
			}
		}

		private void await(int lines) {
			if (lines > 0) {
				this.steps.add(new Step.AwaitLines(lines));
			}
		}

	}

}
