package io.streams.benchmarks.contestant;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

import javax.management.JMException;
import javax.management.ObjectName;

import io.streams.benchmarks.workload.Service;

/**
 * The process of a server. It says its port, answers {@code stats} and {@code gc} with a
 * line of its memory's figures, and ends at the end of its input.
 */
public final class ServerMain {

	private static final int COLLECTIONS = 3;

	/** For the compiler to end what it is at, and free its memory. */
	private static final long COMPILER_REST_MILLIS = 1000;

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

	private static void answer(String question) throws InterruptedException, JMException {
		if (question.equals("gc")) {
			collectGarbage();
		}
		System.out.println("stats " + ServerStats.now().line());
	}

	/** Collects what is garbage in the heap, and gives what is free beside it back. */
	private static void collectGarbage() throws InterruptedException, JMException {
		Thread.sleep(COMPILER_REST_MILLIS);
		System.gc();
		ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap", null, null);
		// The call itself has left garbage.
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
		}
	}

}
