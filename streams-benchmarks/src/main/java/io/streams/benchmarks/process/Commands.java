package io.streams.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Command lines of forked processes.
 */
public final class Commands {

	private static final int FIRST_VERSION_WITH_UNSAFE_WARNING = 23;

	private Commands() {
	}

	/**
	 * The command that runs a class with this process's Java and class path.
	 * @param heap the size of its heap, as {@code -Xmx} takes it
	 * @param jvmArguments further arguments of the JVM
	 * @param main the class
	 * @param arguments its arguments
	 * @return the command
	 */
	public static List<String> java(String heap, List<String> jvmArguments, Class<?> main, List<String> arguments) {
		List<String> command = javaCommand(heap, jvmArguments);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(arguments);
		return command;
	}

	/**
	 * The command that runs a jar with this process's Java.
	 * @param heap the size of its heap, as {@code -Xmx} takes it
	 * @param jvmArguments further arguments of the JVM
	 * @param jar the jar's path
	 * @param arguments its arguments
	 * @return the command
	 */
	public static List<String> jar(String heap, List<String> jvmArguments, String jar, List<String> arguments) {
		List<String> command = javaCommand(heap, jvmArguments);
		command.addAll(List.of("-jar", jar));
		command.addAll(arguments);
		return command;
	}

	private static List<String> javaCommand(String heap, List<String> jvmArguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xms" + heap, "-Xmx" + heap));
		command.addAll(openings());
		command.addAll(jvmArguments);
		return command;
	}

	/**
	 * The command that runs another one on one core only.
	 * @param core the core
	 * @param command what to run
	 * @return the command
	 */
	public static List<String> pinned(int core, List<String> command) {
		List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
		pinned.addAll(command);
		return pinned;
	}

	/**
	 * Whether a program can be run.
	 * @param command the program, with arguments that make it end at once
	 * @return {@code true} if it is there and succeeds
	 */
	public static boolean works(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			process.getOutputStream().close();
			boolean ended = process.waitFor(10, TimeUnit.SECONDS);
			process.destroyForcibly();
			return ended && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * What Netty and Streams ask for, so that they may use their fastest ways; all get
	 * the same.
	 */
	private static List<String> openings() {
		List<String> arguments = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED",
				"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
				"--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dio.netty.tryReflectionSetAccessible=true",
				"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
		if (Runtime.version().feature() >= FIRST_VERSION_WITH_UNSAFE_WARNING) {
			arguments.add("--sun-misc-unsafe-memory-access=allow");
		}
		return arguments;
	}

}
