package io.streams.demo.traffic;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.streams.ConnectionSnapshot;
import io.streams.StreamConnection;
import io.streams.demo.DemoApplication;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Tests for {@link Traffic}.
 */
class TrafficTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@Test
	void keepsTheServersBusyAndEndsWithTheApplication() {
		ConfigurableApplicationContext context = run("demo.traffic=true");
		StreamServers servers = context.getBean(StreamServers.class);
		await().atMost(TIMEOUT).untilAsserted(() -> {
			assertThat(servers.get("echo").connections()).hasSize(1);
			assertThat(servers.get("ticker").connections()).hasSize(2);
		});
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(servers.get("echo").connections())
				.allSatisfy((connection) -> assertThat(received(connection)).isGreaterThan(100)));
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(worst(servers).writing().pauses().currentNanos())
				.isGreaterThan(Duration.ofSeconds(1).toNanos()));
		Collection<StreamConnection> connections = List.copyOf(servers.get("echo").connections());
		assertTimeoutPreemptively(Duration.ofSeconds(10), context::close);
		assertThat(connections).allSatisfy((connection) -> assertThat(connection.isClosed()).isTrue());
	}

	@Test
	void connectsAgain() {
		try (ConfigurableApplicationContext context = run("demo.traffic=true")) {
			StreamServers servers = context.getBean(StreamServers.class);
			await().atMost(TIMEOUT).until(() -> ids(servers).size() == 2);
			Set<String> former = ids(servers);
			servers.get("ticker").abortClients();
			await().atMost(TIMEOUT).until(() -> {
				Set<String> ids = ids(servers);
				return ids.size() == 2 && ids.stream().noneMatch(former::contains);
			});
		}
	}

	@Test
	void canBeTurnedOff() {
		try (ConfigurableApplicationContext context = run("demo.traffic=false")) {
			assertThat(context.getBeansOfType(Traffic.class)).isEmpty();
		}
	}

	@Test
	void startsAgainAfterAStop() {
		try (ConfigurableApplicationContext context = run("demo.traffic=true")) {
			Traffic traffic = context.getBean(Traffic.class);
			StreamServers servers = context.getBean(StreamServers.class);
			await().atMost(TIMEOUT).until(() -> ids(servers).size() == 2);
			traffic.stop();
			assertThat(traffic.isRunning()).isFalse();
			await().atMost(TIMEOUT).until(() -> ids(servers).isEmpty());
			traffic.start();
			await().atMost(TIMEOUT).until(() -> ids(servers).size() == 2);
			assertThatCode(traffic::stop).doesNotThrowAnyException();
		}
	}

	private static Set<String> ids(StreamServers servers) {
		return servers.get("ticker").connections().stream().map(StreamConnection::id).collect(Collectors.toSet());
	}

	private static long received(StreamConnection connection) {
		return connection.snapshot().reading().transferred();
	}

	private static ConnectionSnapshot worst(StreamServers servers) {
		return servers.get("ticker")
			.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.sorted(ConnectionSnapshot.WORST_FIRST)
			.findFirst()
			.orElseThrow();
	}

	private static ConfigurableApplicationContext run(String traffic) {
		return new SpringApplicationBuilder(DemoApplication.class)
			.properties("streams.servers.echo.port=0", "streams.servers.cache.port=0", "streams.servers.ticker.port=0",
					"streams.servers.echo-tls.port=0", "streams.servers.mail.port=0",
					"streams.servers.console.path=${java.io.tmpdir}/demo-${random.uuid}.sock")
			.run("--server.port=0", "--streams.shutdown.grace-period=2s", "--" + traffic);
	}

}
