package io.streams.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Scanner;

import io.streams.benchmarks.workload.Workload;

/**
 * The process of the load generator. It says {@code warm} when the server is, and
 * measures at each line that it is sent: it says {@code begin} and {@code end} of its
 * interval, and then {@code result}.
 */
public final class LoadMain {

	/** When a connection is no longer new. */
	private static final Duration YOUTH = Duration.ofSeconds(8);

	/** Connections at a time that come and go before the idle ones are opened. */
	private static final int CHURNING = 32;

	private LoadMain() {
	}

	public static void main(String[] arguments) throws IOException {
		LoadOptions options = LoadOptions.parse(arguments);
		ClientLoop loop = new ClientLoop(options);
		if (options.kind() == Workload.Kind.IDLE) {
			idle(options, loop);
		}
		else {
			takeTurns(load(options, loop), loop);
		}
	}

	private static void takeTurns(Load load, ClientLoop loop) throws IOException {
		load.warmUp();
		loop.releaseClosed();
		System.out.println("warm");
		try (Scanner lines = new Scanner(System.in, StandardCharsets.US_ASCII)) {
			while (lines.hasNextLine()) {
				lines.nextLine();
				LoadResult result = load.measure();
				loop.releaseClosed();
				System.out.println("result " + result.line());
			}
		}
	}

	private static Load load(LoadOptions options, ClientLoop loop) {
		return switch (options.kind()) {
			case ECHO, RESP, SLOW_READER -> new EchoLoad(options, loop);
			case DOWNLOAD -> new DownloadLoad(options, loop);
			case UPLOAD -> new UploadLoad(options, loop);
			case CHURN -> new ChurnLoad(options, loop, options.connections());
			case IDLE -> throw new IllegalArgumentException("connections that idle are no load");
		};
	}

	/**
	 * Opens as many connections as the first line says, which warm the server up, and as
	 * many as the second says. Those have a line sent back when they are new and another
	 * one when they are no longer, as connections have that live for long and say little.
	 * <p>
	 * During the first half of the warm-up other connections come and go, as they have by
	 * the time that a server holds many: what a connection's own thread keeps on its
	 * stack depends on how well the code was compiled that once began it.
	 */
	private static void idle(LoadOptions options, ClientLoop loop) throws IOException {
		EchoLoad load = new EchoLoad(options, loop);
		Duration half = options.warmup().dividedBy(2);
		try (Scanner lines = new Scanner(System.in, StandardCharsets.US_ASCII)) {
			int connectionsBefore = lines.nextInt();
			new ChurnLoad(options, loop, CHURNING).warmUp(half);
			load.connect(connectionsBefore);
			load.rounds(half);
			System.out.println("opened");
			load.connect(lines.nextInt());
			load.keepOpen(YOUTH);
			load.round();
			System.out.println("opened");
			// The connections stay until the input ends.
			while (lines.hasNextLine()) {
				lines.nextLine();
			}
		}
	}

}
