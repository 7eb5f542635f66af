package io.streams.spring.autoconfigure;

import java.util.function.BiConsumer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.streams.spring.actuate.ServerDescriptor;
import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.actuate.StreamsHistory;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.health.StreamsHealthIndicator;
import io.streams.spring.metrics.StreamsMetrics;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import io.streams.StreamReader;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each context of a hierarchy serves the handlers that are its own.
 */
class ContextHierarchyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class,
				StreamsEndpointAutoConfiguration.class, StreamsHealthContributorAutoConfiguration.class,
				StreamsMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	private final ApplicationContextRunner withEcho = this.runner.withBean(EchoServer.class);

	private final ApplicationContextRunner withOther = this.runner.withBean(OtherServer.class);

	@Test
	void handlerOfTheParentIsServedByTheParentAlone() {
		runBoth(this.withEcho, this.runner, (parent, child) -> {
			assertThat(child.getBean(StreamServers.class).getNames()).isEmpty();
			source(child).close();
			assertThat(parent.getBean(StreamServers.class).get("echo").isServing()).isTrue();
		});
	}

	@Test
	void handlerOfTheChildIsServed() {
		runBoth(this.runner, this.withOther, (parent, child) -> {
			assertThat(parent.getBean(StreamServers.class).getNames()).isEmpty();
			assertThat(child.getBean(StreamServers.class).get("other").isServing()).isTrue();
		});
	}

	@Test
	void eachServesItsOwn() {
		runBoth(this.withEcho, this.withOther, (parent, child) -> {
			assertThat(parent.getBean(StreamServers.class).getNames()).containsExactly("echo");
			assertThat(child.getBean(StreamServers.class).getNames()).containsExactly("other");
			assertThat(child.getBean(TransportFactory.class)).isSameAs(parent.getBean(TransportFactory.class));
			source(child).close();
			assertThat(parent.getBean(StreamServers.class).get("echo").isServing()).isTrue();
		});
	}

	@Test
	void eachShowsItsOwn() {
		runBoth(this.withEcho, this.withOther, (parent, child) -> {
			assertThat(parent.getBean(StreamsEndpoint.class).streams().servers()).extracting(ServerDescriptor::name)
				.containsExactly("echo");
			assertThat(child.getBean(StreamsEndpoint.class).streams().servers()).extracting(ServerDescriptor::name)
				.containsExactly("other");
			assertThat(child.getBean(StreamsHealthIndicator.class).health().getDetails()).containsOnlyKeys("other");
			assertThat(child.getBean(StreamsHistory.class)).isNotSameAs(parent.getBean(StreamsHistory.class));
			assertThat(child.getBean(StreamsMetrics.class)).isNotSameAs(parent.getBean(StreamsMetrics.class));
		});
	}

	/** The environment of the parent is in that of the child. */
	@Test
	void propertiesOfTheParentsServerNeedNoHandlerInTheChild() {
		runBoth(this.withEcho.withPropertyValues("streams.servers.echo.max-connections=7"), this.withOther,
				(parent, child) -> assertThat(child.getBean(StreamServers.class).getNames()).containsExactly("other"));
	}

	private static void runBoth(ApplicationContextRunner parents, ApplicationContextRunner children,
			BiConsumer<ApplicationContext, AssertableApplicationContext> test) {
		parents.run((parent) -> {
			assertThat(parent).hasNotFailed();
			children.withParent(source(parent)).run((child) -> {
				assertThat(child).hasNotFailed();
				test.accept(parent, child);
			});
		});
	}

	private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
		return (ConfigurableApplicationContext) context.getSourceApplicationContext();
	}

	static class OtherServer {

		@StreamHandler(server = "other", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) throws Exception {
			reader.read();
		}

	}

}
