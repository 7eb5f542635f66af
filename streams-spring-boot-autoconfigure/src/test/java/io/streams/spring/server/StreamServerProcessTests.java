package io.streams.spring.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.streams.StreamConnection;
import io.streams.Streams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a process lives: as long as its servers, and no longer than their stop.
 */
class StreamServerProcessTests {

	/** Of a process that was ended by SIGTERM. */
	private static final int TERMINATED = 128 + 15;

	private static final Pattern LISTENING = Pattern.compile("listens on 127\\.0\\.0\\.1:(\\d+)");

	private final List<String> output = new ArrayList<>();

	private List<String> options = List.of();

	private Process process;

	private BufferedReader reader;

	@AfterEach
	void destroyProcess() {
		this.process.destroyForcibly();
	}

	@Test
	void applicationWithoutWebServerStaysUpAndEndsWithSigterm() throws Exception {
		start("echo");
		int port = awaitPort();
		await("main has returned");
		try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
			client.writer().write("still there?\n".getBytes(UTF_8));
			assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("still there?\n");
			this.process.destroy();
			assertThat(client.reader().read()).isEmpty();
		}
		assertThat(this.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).isEqualTo(TERMINATED);
	}

	@Test
	void processEndsWithinGracePeriodAndFiveSeconds() throws Exception {
		start("stuck", "--streams.shutdown.grace-period=1s");
		try (StreamConnection client = Streams.openConnection("127.0.0.1", awaitPort())) {
			client.reader().readLine();
			long signalled = System.nanoTime();
			this.process.destroy();
			assertThat(this.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - signalled)).isBetween(Duration.ofSeconds(1),
					Duration.ofSeconds(6));
		}
	}

	@ParameterizedTest
	@EnumSource
	void processEndsInTimeAlthoughHandlersHoldAllCarriers(CarrierWork work) throws Exception {
		this.options = List.of("-Djdk.virtualThreadScheduler.parallelism=2",
				"-Djdk.virtualThreadScheduler.maxPoolSize=2");
		start("busy", "--streams.shutdown.grace-period=1s", "--work=" + work);
		int port = awaitPort();
		try (StreamConnection first = Streams.openConnection("127.0.0.1", port);
				StreamConnection second = Streams.openConnection("127.0.0.1", port)) {
			first.reader().readLine();
			second.reader().readLine();
			long signalled = System.nanoTime();
			// Unlike Process.destroy(), this leaves the output open.
			this.process.toHandle().destroy();
			assertThat(this.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - signalled)).isBetween(Duration.ofSeconds(1),
					Duration.ofSeconds(6));
			this.reader.lines().forEach(this.output::add);
			assertThat(this.output).anyMatch((line) -> line.contains("2 of its handlers still run"))
				.anyMatch((line) -> line.contains("at io.streams.spring.server.CarrierWork"));
		}
	}

	@Test
	void applicationWithoutHandlerEndsByItself() throws Exception {
		start("nothing");
		await("main has returned");
		assertThat(this.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).isZero();
	}

	@Test
	void wrongConfigurationEndsTheProcessWithItsAnalysis() throws Exception {
		start("echo", "--streams.servers.echo.port=70000");
		assertThat(this.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).isOne();
		this.reader.lines().forEach(this.output::add);
		assertThat(this.output).contains("APPLICATION FAILED TO START")
			.anyMatch((line) -> line
				.contains("Invalid value '70000' for configuration property " + "'streams.servers.echo.port'"));
	}

	private void start(String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(this.options);
		command.add("-Dspring.main.banner-mode=off");
		command.add("-Dlogging.level.io.streams=info");
		command.add(TcpOnlyApplication.class.getName());
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment()
			.put("CLASSPATH", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
		this.process = builder.start();
		this.reader = this.process.inputReader();
	}

	private int awaitPort() throws IOException {
		Matcher matcher = LISTENING.matcher(await("listens on"));
		assertThat(matcher.find()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	private String await(String text) throws IOException {
		for (String line; (line = this.reader.readLine()) != null;) {
			this.output.add(line);
			if (line.contains(text)) {
				return line;
			}
		}
		throw new AssertionError("the process ended without '" + text + "': " + this.output);
	}

}
