package io.streams.spring.autoconfigure;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.streams.ServerOptions;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServerDefinition;
import io.streams.spring.server.StreamServerDefinitions;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConfiguredStreamServers}: what the annotation says, and what overrides
 * it.
 */
class ConfiguredStreamServersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class))
		.withBean(Annotated.class);

	@Test
	void annotationAlone() {
		define((server) -> {
			assertThat(server.name()).isEqualTo("echo-tls");
			assertThat(server.addresses()).singleElement().isInstanceOf(InetSocketAddress.class);
			assertThat(optionsOf(server).limit()).isEqualTo(2048);
			assertThat(optionsOf(server).gracePeriod()).isEqualTo(Duration.ofSeconds(25));
		});
	}

	@Test
	void propertiesOverrideEachAttribute() {
		define((server) -> {
			assertThat(server.addresses()).extracting(Object::toString)
				.containsExactly("/127.0.0.2:0", "/tmp/override.sock");
			assertThat(server.addresses().get(1)).isInstanceOf(UnixDomainSocketAddress.class);
			assertThat(optionsOf(server).limit()).isEqualTo(4096);
		}, "streams.servers.echo-tls.host=127.0.0.2", "streams.servers.echo-tls.path=/tmp/override.sock",
				"streams.servers.echo-tls.limit=4KB");
	}

	@Test
	void environmentVariableIsAboutTheServerWithAHyphen() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("STREAMS_SERVERS_ECHOTLS_LIMIT", "8KB", "STREAMS_SERVERS_ECHOTLS_MAXCONNECTIONS", "3"))))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(StreamServers.class).get("echo-tls").snapshot().maxConnections())
					.isEqualTo(3);
				assertThat(optionsOf(only(context.getBean(StreamServerDefinitions.class))).limit()).isEqualTo(8192);
			});
	}

	@Test
	void environmentVariableOverridesPropertyOfTheServerWithAHyphen() {
		this.runner
			.withPropertyValues("streams.servers.echo-tls.max-connections=5", "streams.servers.echo-tls.backlog=9")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("STREAMS_SERVERS_ECHOTLS_MAXCONNECTIONS", "3"))))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				ServerOptions options = optionsOf(only(context.getBean(StreamServerDefinitions.class)));
				assertThat(options.maxConnections()).isEqualTo(3);
				assertThat(options.listen().backlog()).isEqualTo(9);
			});
	}

	@Test
	void gracePeriodFollowsTheShutdownPhase() {
		define((server) -> assertThat(optionsOf(server).gracePeriod()).isEqualTo(Duration.ofSeconds(55)),
				"spring.lifecycle.timeout-per-shutdown-phase=60s");
		define((server) -> assertThat(optionsOf(server).gracePeriod()).isEqualTo(Duration.ofSeconds(4)),
				"streams.shutdown.grace-period=4s");
		define((server) -> assertThat(optionsOf(server).gracePeriod()).isEqualTo(Duration.ofSeconds(3)),
				"streams.shutdown.grace-period=4s", "streams.servers.echo-tls.grace-period=3s");
	}

	@Test
	void quietPeriodIsThatOfTheShutdown() {
		define((server) -> assertThat(optionsOf(server).quietPeriod()).isEqualTo(Duration.ofSeconds(2)));
		define((server) -> assertThat(optionsOf(server).quietPeriod()).isEqualTo(Duration.ofMillis(300)),
				"streams.shutdown.quiet-period=300ms");
	}

	@Test
	void everyStartHasABuilderOfItsOwn() {
		define((server) -> assertThat(server.options().get()).isNotSameAs(server.options().get()));
	}

	private void define(Consumer<StreamServerDefinition> assertions, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			assertions.accept(only(context.getBean(StreamServerDefinitions.class)));
		});
	}

	private static StreamServerDefinition only(StreamServerDefinitions definitions) {
		List<StreamServerDefinition> all = definitions.getDefinitions();
		assertThat(all).hasSize(1);
		return all.get(0);
	}

	private static ServerOptions optionsOf(StreamServerDefinition definition) {
		return definition.options().get().build();
	}

	static class Annotated {

		@StreamHandler(server = "echo-tls", host = "127.0.0.1", port = "0", limit = "2KB")
		void onConnect(StreamWriter writer) {
		}

	}

}
