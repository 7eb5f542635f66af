package io.streams.spring.autoconfigure;

import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wrong property values: the application fails to start, and names property and remedy.
 */
class InvalidConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamsAutoConfiguration.class))
		.withBean("echo", Echo.class, Echo::new);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			buffers.max-memory                 | 0           | Give more than 0
			buffers.max-memory                 | -1MB        | Give more than 0
			buffers.max-memory                 | much        | failed to convert
			servers.echo.port                  | 70000       | A port is a number from 0 to 65535
			servers.echo.port                  | -1          | A port is a number from 0 to 65535
			servers.echo.port                  | http        | failed to convert
			servers.echo.host                  | no such     | The host has no address
			servers.echo.limit                 | -1B         | Limit cannot be <= 0
			servers.echo.limit                 | 0           | Limit cannot be <= 0
			servers.echo.limit                 | 1GB1        | failed to convert
			servers.echo.limit                 | 1500MB      | above 1 GiB
			servers.echo.limit                 | 3GB         | above 2 GiB
			servers.echo.max-connections       | 0           | give 1 or more
			servers.echo.max-connections       | -5          | give 1 or more
			servers.echo.max-connections       | many        | failed to convert
			servers.echo.backlog               | 0           | give 1 or more
			servers.echo.backlog               | -1          | give 1 or more
			servers.echo.unix-permissions      | 0660        | such as rw-rw----
			servers.echo.unix-permissions      | rw          | such as rw-rw----
			servers.echo.reuse-address         | perhaps     | failed to convert
			servers.echo.receive-buffer        | -1B         | give 0 for the default
			servers.echo.receive-buffer        | 4GB         | above 2 GiB
			servers.echo.send-buffer           | -1KB        | give 0 for the default
			servers.echo.write.high-water-mark | -1B         | 0 <= low <= high
			servers.echo.write.high-water-mark | 2GB         | above 2 GiB
			servers.echo.write.low-water-mark  | -1B         | 0 <= low <= high
			servers.echo.write.low-water-mark  | 1GB         | above 2 GiB
			servers.echo.write.max-buffer      | -1B         | give 0
			servers.echo.write.max-buffer      | 1KB         | below the high-water mark
			servers.echo.max-connections-per-address    | 0      | give 1 or more
			servers.echo.max-handler-threads            | 0      | give 1 or more
			servers.echo.slow-consumers.max-paused-time | 0      | give a time above zero
			servers.echo.slow-consumers.action          | abort  | max-paused-time too
			servers.echo.slow-consumers.action          | scold  | failed to convert
			servers.echo.timeouts.idle         | -1s         | give a time above zero
			servers.echo.timeouts.idle         | soon        | failed to convert
			servers.echo.timeouts.half-closed  | -1s         | give a time above zero
			servers.echo.timeouts.write-stall  | -1s         | give a time above zero
			servers.echo.timeouts.close        | 0           | give a time above zero
			servers.echo.timeouts.linger       | -1s         | give 0
			servers.echo.grace-period          | -1s         | Give 0 to stop without waiting
			shutdown.grace-period              | -1s         | Give 0 to stop without waiting
			shutdown.quiet-period              | -1s         | Give 0 to end every read that has to wait at once
			loops.count                        | -1          | or 0 for one per processor
			loops.threads                      | fibers      | failed to convert
			loops.sockets                      | epoll       | epoll' with streams-epoll on the class path
			loops.sockets                      | kqueue      | there are no socket transports over 'kqueue'
			servers.echo.prot                  | 9000        | There is no property
			server.echo.port                   | 9000        | There is no property
			servers.echo.write.high            | 1KB         | There is no property
			""")
	void wrongValueIsReportedWithItsProperty(String property, String value, String reason) {
		this.runner.withPropertyValues("streams." + property + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = FailedStart.analyze(context);
			assertThat(analysis.getDescription()).contains("streams." + property).containsIgnoringCase(reason);
			assertThat(analysis.getAction()).isNotBlank();
		});
	}

	@Test
	void lowWaterMarkAboveHighIsReportedWithBoth() {
		this.runner
			.withPropertyValues("streams.servers.echo.write.low-water-mark=2KB",
					"streams.servers.echo.write.high-water-mark=1KB")
			.run((context) -> assertThat(FailedStart.analyze(context).getDescription()).contains(
					"streams.servers.echo.write.low-water-mark", "low is 2048 and high is 1024",
					"lower the low-water mark or raise the high-water mark"));
	}

	@Test
	void originOfWrongValueIsTold() {
		this.runner.withPropertyValues("streams.servers.echo.port=70000")
			.run((context) -> assertThat(FailedStart.analyze(context).getDescription()).contains("'70000'"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					servers.echo.prot             | streams.servers.echo                | path, port, receive-buffer
					servers.echo.write.high       | streams.servers.echo.write          | high-water-mark, low-water-mark, max-buffer
					servers.echo.slow-consumers.x | streams.servers.echo.slow-consumers | action, max-paused-time
					server.echo.port              | streams                             | loops, servers, shutdown
					loops.number                  | streams.loops                       | count, sockets, threads
					loops.count.most              | streams.loops.count                 | has nothing below it
					""")
	void unknownNameIsAnsweredWithTheNamesThereAre(String property, String place, String names) {
		this.runner.withPropertyValues("streams." + property + "=1")
			.run((context) -> assertThat(FailedStart.analyze(context).getAction()).contains("'" + place + "'", names));
	}

	static class Echo {

		@StreamHandler(server = "echo", port = "0", host = "127.0.0.1")
		void onConnect(StreamWriter writer) {
		}

	}

}
