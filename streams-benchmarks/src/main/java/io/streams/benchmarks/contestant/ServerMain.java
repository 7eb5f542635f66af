package io.streams.benchmarks.contestant;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import javax.management.JMException;
import javax.management.ObjectName;

import io.streams.benchmarks.workload.Service;

/**
 * The process of a server. It says its port, answers {@code stats} and {@code gc} with a
 * line of its memory's figures, and ends at the end of its input.
 */
public final class ServerMain {

	private static final int COLLECTIONS = 3;

	/**
	 * Runs what it is given when the compiler has ended what it was at, and freed its
	 * memory.
	 */
	private static final Executor AFTER_COMPILER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

	private ServerMain() {
	}

	public static void main(String[] arguments) throws Exception {
		Contestant contestant = Contestant.valueOf(arguments[0]);
		Service service = Service.valueOf(arguments[1]);
		int port = contestant.server().start(service, Runtime.getRuntime().availableProcessors());
		System.out.println("port " + port);
		try (Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
			while (lines.hasNextLine()) {
				answer(lines.nextLine());
			}
		}
		Runtime.getRuntime().halt(0);
	}

	private static void answer(String question) throws InterruptedException, ExecutionException {
		if (question.equals("gc")) {
			FutureTask<Void> collection = new FutureTask<>(ServerMain::collectGarbage);
			AFTER_COMPILER.execute(collection);
			collection.get();
		}
		System.out.println("stats " + ServerStats.now().line());
	}

	/** Collects what is garbage in the heap, and gives what is free beside it back. */
	private static Void collectGarbage() throws JMException {
		System.gc();
		ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap", null, null);
		// The call itself has left garbage.
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
		}
		return null;
	}

}
