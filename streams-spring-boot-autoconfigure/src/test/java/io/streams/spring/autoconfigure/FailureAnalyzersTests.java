package io.streams.spring.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the failure analyzers: each failed start says what to write.
 */
class FailureAnalyzersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamsAutoConfiguration.class));

	@Test
	void portInUse() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			this.runner.withBean(Echo.class)
				.withPropertyValues("streams.servers.echo.port=" + taken.getLocalPort())
				.run((context) -> {
					FailureAnalysis analysis = FailedStart.analyze(context);
					assertThat(analysis.getDescription()).startsWith("Stream server 'echo' could not be started: ")
						.contains("127.0.0.1:" + taken.getLocalPort(), "Address already in use");
					assertThat(analysis.getAction())
						.startsWith("Stop the process that listens on port " + taken.getLocalPort())
						.contains("streams.servers.echo.port", "streams.servers.echo.host");
				});
		}
	}

	@Test
	void pathThatCannotBeBound(@TempDir Path directory) {
		Path path = directory.resolve("missing").resolve("echo.sock");
		this.runner.withBean(Echo.class).withPropertyValues("streams.servers.echo.path=" + path).run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).startsWith("Stream server 'echo' could not be started: ")
				.contains(path.toString());
			assertThat(analysis.getAction()).contains("may create files in its directory", "streams.servers.echo.path");
		});
	}

	@Test
	void hostOfAnotherMachine() {
		this.runner.withBean(Echo.class).withPropertyValues("streams.servers.echo.host=203.0.113.1").run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).startsWith("Stream server 'echo' could not be started: ")
				.contains("203.0.113.1");
			assertThat(analysis.getAction()).contains("streams.servers.echo.host", "203.0.113.1", "this machine")
				.doesNotContain("port 0", "Stop the process");
		});
	}

	@Test
	void twoServersOnOnePort() throws Exception {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			port = free.getLocalPort();
		}
		this.runner.withBean(Echo.class)
			.withBean(Attributes.class)
			.withPropertyValues("streams.servers.echo.port=" + port, "the.port=" + port, "the.host=0.0.0.0")
			.run((context) -> {
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).contains(":" + port, "' listens there.");
				assertThat(analysis.getAction())
					.contains("streams.servers.echo.port", "streams.servers.attributes.port")
					.doesNotContain("Stop the process");
			});
	}

	@Test
	void twoServersOnOnePath(@TempDir Path directory) {
		Path path = directory.resolve("echo.sock");
		this.runner.withBean(Echo.class)
			.withBean(Attributes.class)
			.withPropertyValues("streams.servers.echo.path=" + path, "the.port=0",
					"streams.servers.attributes.path=" + path)
			.run((context) -> {
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).contains(path.toString(), "' listens there.");
				assertThat(analysis.getAction()).contains("streams.servers.echo.path",
						"streams.servers.attributes.path");
			});
	}

	@Test
	void serverWithoutAddress() {
		this.runner.withBean(NoAddress.class).run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).isEqualTo("Stream server 'gps' has no address: neither its "
					+ "@StreamHandler nor the properties give a port or a path.");
			assertThat(analysis.getAction()).contains("streams.servers.gps.port", "streams.servers.gps.path",
					"@StreamHandler(server = \"gps\", port = \"9000\")");
		});
	}

	@Test
	void serverWithoutHandler() {
		this.runner.withBean(Echo.class).withPropertyValues("streams.servers.ecko.port=0").run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).isEqualTo("Stream server 'ecko' is configured by "
					+ "streams.servers.ecko.*, but nothing handles its connections. Servers with a handler: echo.");
			assertThat(analysis.getAction()).contains("@StreamHandler(server = \"ecko\")",
					"streams.servers.ecko.enabled");
		});
	}

	@Test
	void serverWithoutAnyHandler() {
		this.runner.withPropertyValues("streams.servers.echo.port=0")
			.run((context) -> assertThat(FailedStart.analyze(context).getDescription())
				.endsWith("Servers with a handler: none."));
	}

	@Test
	void twoHandlersForOneServer() {
		this.runner.withBean(Echo.class).withBean(OtherEcho.class).run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).contains("Stream server 'echo' has two handlers:",
					"Echo.onConnect(StreamReader, StreamWriter)", "OtherEcho.onClient(StreamWriter)");
			assertThat(analysis.getAction()).contains("Remove one of them", "@StreamHandler(server = \"echo-2\"");
		});
	}

	@Test
	void twoServersThatPropertiesCannotTellApart() {
		this.runner.withBean(Echo.class).withBean(CapitalEcho.class).run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).contains("CapitalEcho.onConnect", "the server 'ECHO'",
					"Echo.onConnect", "the server 'echo'", "cannot tell apart");
			assertThat(analysis.getAction()).contains("differ by more than capital letters");
		});
	}

	@Test
	void wrongSignature() {
		this.runner.withBean(WrongSignature.class).run((context) -> {
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).isEqualTo("Method " + WrongSignature.class.getName()
					+ ".onConnect(String) has a parameter of type java.lang.String, which no connection can supply.");
			assertThat(analysis.getAction()).contains("StreamReader, StreamWriter and StreamConnection",
					"void onConnect(StreamReader reader, StreamWriter writer) throws IOException");
		});
	}

	@ParameterizedTest
	@CsvSource({ "port,http,A port is a number from 0 to 65535", "port,65536,A port is a number from 0 to 65535",
			"port,-1,A port is a number from 0 to 65535", "host,no such,The host has no address",
			"limit,-1B,Give a size from 1 byte to 1 GiB", "limit,much,Give a size from 1 byte to 1 GiB",
			"limit,3GB,Give a size from 1 byte to 1 GiB" })
	void wrongAttribute(String attribute, String value, String remedy) {
		this.runner.withBean(Attributes.class)
			.withPropertyValues("the.port=0", "the." + attribute + "=" + value)
			.run((context) -> {
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).isEqualTo("Method " + Attributes.class.getName()
						+ ".onConnect(StreamWriter) has " + attribute + " '" + value + "' in @StreamHandler.");
				assertThat(analysis.getAction()).startsWith(remedy);
			});
	}

	@Test
	void placeholderThatNoPropertyFills() {
		this.runner.withBean(Attributes.class)
			.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class))
			.run((context) -> {
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).startsWith("Method " + Attributes.class.getName()
						+ ".onConnect(StreamWriter) has port '${the.port}' in @StreamHandler: "
						+ "Could not resolve placeholder 'the.port'");
				assertThat(analysis.getAction()).contains("Set the property", "${name:default}");
			});
	}

	@Test
	void nothingIsLeftOpenWhenOneOfSeveralServersCannotBeBound() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
				ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int freePort = free.getLocalPort();
			free.close();
			this.runner.withBean(Echo.class)
				.withBean(Attributes.class)
				.withPropertyValues("streams.servers.echo.port=" + freePort, "the.port=" + taken.getLocalPort())
				.run((context) -> assertThat(context).hasFailed());
			this.runner.withBean(Echo.class)
				.withPropertyValues("streams.servers.echo.port=" + freePort)
				.run((context) -> assertThat(context.getBean(StreamServers.class).get("echo").port())
					.isEqualTo(freePort));
		}
	}

	static class Echo {

		@StreamHandler(server = "echo", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) {
		}

	}

	static class OtherEcho {

		@StreamHandler("echo")
		void onClient(StreamWriter writer) {
		}

	}

	static class CapitalEcho {

		@StreamHandler(server = "ECHO", port = "0")
		void onConnect(StreamWriter writer) {
		}

	}

	static class NoAddress {

		@StreamHandler("gps")
		void onConnect(StreamReader reader) {
		}

	}

	static class WrongSignature {

		@StreamHandler(server = "echo", port = "0")
		void onConnect(String line) {
		}

	}

	static class Attributes {

		@StreamHandler(server = "attributes", host = "${the.host:127.0.0.1}", port = "${the.port}",
				limit = "${the.limit:}")
		void onConnect(StreamWriter writer) {
		}

	}

}
