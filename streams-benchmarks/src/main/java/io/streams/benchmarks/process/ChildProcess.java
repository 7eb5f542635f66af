package io.streams.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A forked process that speaks in lines over its standard streams. What it says on its
 * standard error goes to a file.
 */
public final class ChildProcess implements AutoCloseable {

	private static final long END_OF_INPUT_SECONDS = 1;

	private static final long PORT_PROBE_MILLIS = 100;

	private static final long STOP_SECONDS = 5;

	private final String name;

	private final Process process;

	private final Path log;

	private final Writer input;

	/** An empty one is the end. */
	private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

	private ChildProcess(String name, Process process, Path log) {
		this.name = name;
		this.process = process;
		this.log = log;
		this.input = process.outputWriter(StandardCharsets.UTF_8);
		Thread.ofPlatform().daemon().name("output of " + name).start(this::readOutput);
	}

	/**
	 * Starts a process.
	 * @param name its name in messages
	 * @param command the program and its arguments
	 * @param log where its standard error goes
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static ChildProcess start(String name, List<String> command, Path log) throws IOException {
		Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
		return new ChildProcess(name, process, log);
	}

	public long pid() {
		return this.process.pid();
	}

	/**
	 * Says a line to the process.
	 * @param line the line, without its end
	 * @throws IOException if the process is gone
	 */
	public void say(String line) throws IOException {
		this.input.write(line + "\n");
		this.input.flush();
	}

	/**
	 * Waits until the process accepts connections.
	 * @param port where
	 * @param patience how long to wait
	 * @throws IOException if the process ends or the time is up before
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitPort(int port, Duration patience) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		while (true) {
			try {
				new Socket(InetAddress.getLoopbackAddress(), port).close();
				return;
			}
			catch (ConnectException ex) {
				if (!this.process.isAlive() || System.nanoTime() - deadline > 0) {
					throw failure("does not listen on port " + port);
				}
				// Cut short by the end of the process.
				this.process.waitFor(PORT_PROBE_MILLIS, TimeUnit.MILLISECONDS);
			}
		}
	}

	/**
	 * Waits for a line that begins with a word; others are skipped.
	 * @param word the word
	 * @param patience how long to wait
	 * @return what follows the word
	 * @throws IOException if the process ends or the time is up before
	 * @throws InterruptedException if the thread is interrupted
	 */
	public String await(String word, Duration patience) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		while (true) {
			Optional<String> line = this.lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			if (line == null) {
				throw failure("did not say '" + word + "' within " + patience.toSeconds() + " s");
			}
			String text = line.orElseThrow(() -> failure("ended before it said '" + word + "'"));
			if (text.equals(word) || text.startsWith(word + " ")) {
				return text.substring(word.length()).trim();
			}
		}
	}

	/** Ends the process: by the end of its input, by asking, and then by force. */
	@Override
	public void close() {
		try {
			this.input.close();
		}
		catch (IOException ex) {
			// Gone already.
		}
		try {
			if (!this.process.waitFor(END_OF_INPUT_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroy();
			}
			if (!this.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	private void readOutput() {
		try (BufferedReader output = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line; (line = output.readLine()) != null;) {
				this.lines.add(Optional.of(line));
			}
		}
		catch (IOException ex) {
			// The process was ended by force.
		}
		this.lines.add(Optional.empty());
	}

	private IOException failure(String what) {
		return new IOException(this.name + " " + what + lastWords());
	}

	private String lastWords() {
		try {
			List<String> said = Files.readAllLines(this.log);
			List<String> last = said.subList(Math.max(0, said.size() - 15), said.size());
			return last.isEmpty() ? "" : "; its last words (" + this.log + "):\n  " + String.join("\n  ", last);
		}
		catch (IOException ex) {
			return "; see " + this.log;
		}
	}

}
