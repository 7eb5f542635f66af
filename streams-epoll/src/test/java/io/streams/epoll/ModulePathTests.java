package io.streams.epoll;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import javax.tools.ToolProvider;

import io.streams.Streams;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A modular application compiles against what the modules export, and runs on the module
 * path: a process of its own.
 */
@Tag("epoll")
@Timeout(60)
class ModulePathTests {

	private static final List<Path> CORE = List.of(location(Streams.class), location(Logger.class),
			location(NullMarked.class));

	@TempDir
	Path directory;

	private Path application;

	@BeforeEach
	void compileApplication() throws Exception {
		this.application = this.directory.resolve("application");
		Path sources = Path.of(ModulePathTests.class.getResource("/module-application").toURI());
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-Xlint:all", "-Werror", "--module-path", modulePath(CORE), "-d",
					this.application.toString(), sources.resolve("module-info.java").toString(),
					sources.resolve("application").resolve("Main.java").toString());
		assertThat(result).isZero();
	}

	@Test
	void coreAloneUsesChannelsOfTheJdk() throws Exception {
		assertThat(run(CORE)).contains("reply hello", "sockets io.streams.nio");
	}

	@Test
	void epollIsUsedWhenItsModuleIsPresent() throws Exception {
		List<Path> withEpoll = new ArrayList<>(CORE);
		withEpoll.add(location(EpollTransportProvider.class));
		assertThat(run(withEpoll, "--enable-native-access=io.streams.epoll"))
			.contains("reply hello", "sockets io.streams.epoll")
			.noneMatch((line) -> line.contains("restricted method"));
	}

	/**
	 * Runs the application with these modules and returns the lines that it printed.
	 */
	private List<String> run(List<Path> modules, String... options) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("--module-path", modulePath(modules) + File.pathSeparator + this.application));
		command.addAll(List.of(options));
		command.addAll(List.of("--module", "application/application.Main"));
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			boolean ended = process.waitFor(30, TimeUnit.SECONDS);
			assertThat(ended).as(() -> "ends in time; its output: " + read(output)).isTrue();
			assertThat(process.exitValue()).as(() -> "exit code; its output: " + read(output)).isZero();
			return read(output);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static List<String> read(Path file) {
		try {
			return Files.readAllLines(file);
		}
		catch (IOException ex) {
			return List.of(ex.toString());
		}
	}

	private static String modulePath(List<Path> modules) {
		return modules.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * Returns the module that has a type: a jar, or the directory of a build.
	 */
	private static Path location(Class<?> type) {
		try {
			return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
