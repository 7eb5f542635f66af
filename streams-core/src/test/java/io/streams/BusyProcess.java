package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.loop.LoopOptions;
import io.streams.transport.TransportFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process with two carriers of virtual threads and two servers on the same event loops:
 * the handlers of the first compute if their client asks for it, those of the second send
 * lines back.
 */
final class BusyProcess implements AutoCloseable {

	/** The client asks its handler to compute for ever, after it has answered. */
	static final String FOREVER = "forever\n";

	/** The client asks its handler to compute, then write and drain, again and again. */
	static final String SLICES = "slices\n";

	private static final Duration SLICE = Duration.ofMillis(200);

	private final Process process;

	private final BufferedReader output;

	private final PrintStream input;

	private final List<String> log = new ArrayList<>();

	private final int busyPort;

	private final int echoPort;

	/**
	 * Start a process.
	 * @param threads what the handlers of the first server run on
	 * @param carriers how many carriers there may be, with those that take the place of
	 * blocked ones
	 */
	BusyProcess(HandlerThreads threads, int carriers) throws IOException {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		this.process = new ProcessBuilder(java.toString(), "-Djdk.virtualThreadScheduler.parallelism=2",
				"-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers, "--enable-native-access=ALL-UNNAMED", "-cp",
				System.getProperty("java.class.path"), Main.class.getName(), threads.name())
			.redirectErrorStream(true)
			.start();
		this.output = this.process.inputReader(StandardCharsets.UTF_8);
		this.input = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		String[] ports = answer().split(" ");
		this.busyPort = Integer.parseInt(ports[0]);
		this.echoPort = Integer.parseInt(ports[1]);
	}

	/** Connects to the first server, and asks for work. */
	RawClient busy(String work) throws IOException {
		return ask(connect(this.busyPort), work);
	}

	/** Connects to the first server. */
	RawClient connect() throws IOException {
		return connect(this.busyPort);
	}

	/** Connects to the second server. */
	RawClient connectToEcho() throws IOException {
		return connect(this.echoPort);
	}

	private static RawClient connect(int port) throws IOException {
		return RawClient.connect(new InetSocketAddress("127.0.0.1", port));
	}

	static RawClient ask(RawClient client, String line) throws IOException {
		client.send(line);
		assertThat(client.readLine() + "\n").isEqualTo(line);
		return client;
	}

	/** Stops both servers and closes the event loops; returns how long that took. */
	Duration stop(Duration grace) throws IOException {
		this.input.println(grace.toMillis());
		return Duration.ofMillis(Long.parseLong(answer()));
	}

	/** The lines of the log that were read with the answers. */
	List<String> log() {
		return this.log;
	}

	private String answer() throws IOException {
		for (String line; (line = this.output.readLine()) != null;) {
			if (line.startsWith("> ")) {
				return line.substring(2);
			}
			this.log.add(line);
		}
		throw new AssertionError("the process ended: " + this.log);
	}

	@Override
	public void close() throws Exception {
		this.process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
	}

	/** The process under test. */
	static final class Main {

		private Main() {
		}

		public static void main(String[] args) throws Exception {
			TransportFactory transports = Streams.newTransports(LoopOptions.DEFAULT);
			ServerOptions options = ServerOptions.builder().transports(transports).build();
			StreamServer busy = Streams.startServer(Main::handle, "127.0.0.1", 0,
					options.toBuilder()
						.name("busy")
						.handlerThreads(HandlerThreads.valueOf(args[0]))
						.maxHandlerThreads(8)
						.build());
			StreamServer echo = Streams.startServer(Main::handle, "127.0.0.1", 0,
					options.toBuilder().name("echo").build());
			System.out.println("> " + busy.port() + " " + echo.port());
			BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			Duration grace = Duration.ofMillis(Long.parseLong(questions.readLine()));
			long began = System.nanoTime();
			busy.stop(grace);
			echo.stop(Duration.ZERO);
			transports.close();
			System.out.println("> " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
		}

		private static void handle(StreamReader reader, StreamWriter writer) throws IOException {
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				writer.write(line);
				writer.drain();
				switch (new String(line, StandardCharsets.UTF_8)) {
					case FOREVER -> compute(Long.MAX_VALUE);
					case SLICES -> computeInSlices(writer);
					default -> {
						// An echo
					}
				}
			}
		}

		private static void computeInSlices(StreamWriter writer) throws IOException {
			while (true) {
				compute(SLICE.toNanos());
				writer.write("slice\n".getBytes(StandardCharsets.UTF_8));
				writer.drain();
			}
		}

		private static void compute(long nanos) {
			long began = System.nanoTime();
			while (System.nanoTime() - began < nanos) {
				Thread.onSpinWait();
			}
		}

	}

}
