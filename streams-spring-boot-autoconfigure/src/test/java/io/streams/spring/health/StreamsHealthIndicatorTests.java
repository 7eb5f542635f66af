package io.streams.spring.health;

import java.util.List;
import java.util.Map;

import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import io.streams.spring.autoconfigure.StreamsHealthContributorAutoConfiguration;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StreamsHealthIndicator}.
 */
class StreamsHealthIndicatorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(StreamsAutoConfiguration.class, StreamsHealthContributorAutoConfiguration.class));

	@Test
	void upWhileServersListen() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			Health health = context.getBean(StreamsHealthIndicator.class).health();
			int port = context.getBean(StreamServers.class).get("echo").port();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("echo")
				.containsEntry("echo", Map.of("state", "serving", "addresses", List.of("127.0.0.1:" + port)));
		});
	}

	@Test
	void downWithReasonWhenAServerWasClosed() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			context.getBean(StreamServers.class).get("echo").close();
			Health health = context.getBean(StreamsHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(detailsOf(health, "echo")).containsEntry("reason", "the server was closed")
				.containsEntry("addresses", List.of());
		});
	}

	@Test
	void downWithReasonWhenAServerDoesNotRun() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			((ConfigurableApplicationContext) context.getSourceApplicationContext()).stop();
			Health health = context.getBean(StreamsHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(detailsOf(health, "echo")).isEqualTo(Map.of("reason", "the server does not run"));
		});
	}

	@Test
	void upWhateverTheLoad() {
		this.runner.withBean(EchoServer.class)
			.withPropertyValues("streams.servers.echo.max-connections=1")
			.run((context) -> {
				var server = context.getBean(StreamServers.class).get("echo");
				try (StreamConnection first = Streams.openConnection("127.0.0.1", server.port());
						StreamConnection waits = Streams.openConnection("127.0.0.1", server.port())) {
					await().until(() -> server.snapshot().acceptPaused());
					assertThat(context.getBean(StreamsHealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
				}
			});
	}

	@Test
	void upWithoutServers() {
		this.runner.run((context) -> {
			Health health = context.getBean(StreamsHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).isEmpty();
		});
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> detailsOf(Health health, String server) {
		return (Map<String, Object>) health.getDetails().get(server);
	}

}
