package io.streams.spring.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServerCustomizer;
import io.streams.spring.server.StreamServerDefinitions;
import io.streams.spring.server.StreamServerFactory;
import io.streams.spring.server.StreamServerGracefulShutdownLifecycle;
import io.streams.spring.server.StreamServerStartStopLifecycle;
import io.streams.spring.server.StreamServers;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamsAutoConfiguration}.
 */
class StreamsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class));

	@Test
	void annotatedMethodIsServed() {
		this.runner.withUserConfiguration(EchoConfiguration.class).run((context) -> {
			StreamServer server = context.getBean(StreamServers.class).get("echo");
			try (StreamConnection client = Streams.openConnection("127.0.0.1", server.port())) {
				client.writer().write("hello\n".getBytes(UTF_8));
				assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("hello\n");
			}
		});
	}

	@Test
	void portOfServerIsInEnvironment() {
		this.runner.withUserConfiguration(EchoConfiguration.class).run((context) -> {
			int port = context.getBean(StreamServers.class).get("echo").port();
			assertThat(port).isPositive();
			assertThat(context.getEnvironment().getProperty("local.streams.echo.port", Integer.class)).isEqualTo(port);
		});
	}

	@Test
	void applicationWithoutHandlerBindsNothingAndHasNoLoops() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(StreamServers.class).getNames()).isEmpty();
			assertThat(context.getBeanFactory().containsSingleton("streamsTransportFactory")).isFalse();
		});
	}

	@Test
	void propertiesOverrideAttributes() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("streams.servers.echo.host=127.0.0.1,::1", "streams.servers.echo.max-connections=7")
			.run((context) -> {
				StreamServer server = context.getBean(StreamServers.class).get("echo");
				assertThat(server.addresses()).hasSize(2);
				assertThat(server.snapshot().maxConnections()).isEqualTo(7);
			});
	}

	@Test
	void disabledServerIsNotStarted() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("streams.servers.echo.enabled=false", "streams.servers.other.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(StreamServers.class).getNames()).isEmpty();
			});
	}

	@Test
	void backsOffWhenDisabled() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("streams.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamServers.class));
	}

	@Test
	void backsOffWithoutCore() {
		this.runner.withClassLoader(new FilteredClassLoader(Streams.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamServers.class));
	}

	@Test
	void worksWithoutReactiveStreams() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withClassLoader(new FilteredClassLoader("reactor", "org.reactivestreams"))
			.run((context) -> assertThat(context.getBean(StreamServers.class).get("echo").isServing()).isTrue());
	}

	@Test
	void everyBeanCanBeReplaced() {
		TransportFactory transports = mock();
		StreamServerDefinitions definitions = List::of;
		StreamServerFactory factory = new StreamServerFactory(null, null, null, null, null);
		StreamServers servers = new StreamServers();
		this.runner.withBean("myTransports", TransportFactory.class, () -> transports)
			.withBean("myDefinitions", StreamServerDefinitions.class, () -> definitions)
			.withBean("myFactory", StreamServerFactory.class, () -> factory)
			.withBean("myServers", StreamServers.class, () -> servers)
			.run((context) -> {
				assertThat(context).getBean(TransportFactory.class).isSameAs(transports);
				assertThat(context).getBean(StreamServerDefinitions.class).isSameAs(definitions);
				assertThat(context).getBean(StreamServerFactory.class).isSameAs(factory);
				assertThat(context).getBean(StreamServers.class).isSameAs(servers);
				assertThat(context).hasSingleBean(StreamServerStartStopLifecycle.class)
					.hasSingleBean(StreamServerGracefulShutdownLifecycle.class);
			});
	}

	@Test
	void customizersAreCalledInOrderAfterProperties() {
		List<String> calls = new ArrayList<>();
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("streams.servers.echo.max-connections=7")
			.withBean("b", StreamServerCustomizer.class, () -> new OrderedCustomizer(2, calls))
			.withBean("a", StreamServerCustomizer.class, () -> new OrderedCustomizer(1, calls))
			.run((context) -> {
				assertThat(calls).containsExactly("1 echo", "2 echo");
				StreamServer server = context.getBean(StreamServers.class).get("echo");
				assertThat(server.snapshot().maxConnections()).isEqualTo(102);
			});
	}

	@Test
	void listenersOfBeansAndCustomizersAllHear() {
		CompletableFuture<StreamConnection> first = new CompletableFuture<>();
		CompletableFuture<StreamConnection> second = new CompletableFuture<>();
		CompletableFuture<StreamConnection> third = new CompletableFuture<>();
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withBean("first", StreamListener.class, () -> new OpenedListener(first))
			.withBean("second", StreamListener.class, () -> new OpenedListener(second))
			.withBean(StreamServerCustomizer.class,
					() -> (server, options) -> options.listener(new OpenedListener(third)))
			.run((context) -> {
				int port = context.getBean(StreamServers.class).get("echo").port();
				try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
					assertThat(CompletableFuture.allOf(first, second, third)).succeedsWithin(Duration.ofSeconds(5));
				}
				assertThat(first.join()).isSameAs(second.join()).isSameAs(third.join());
				assertThat(first.join().serverName()).isEqualTo("echo");
			});
	}

	@Test
	void lazyInitializationStartsServers() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("echo")).isFalse();
				int port = context.getBean(StreamServers.class).get("echo").port();
				try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
					client.writer().write("lazy\n".getBytes(UTF_8));
					assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("lazy\n");
				}
			});
	}

	@Test
	void eventLoopsEndWithTheContext() {
		this.runner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("streams.loops.count=1", "streams.loops.threads=platform")
			.run((context) -> assertThat(loopThreads()).hasSize(1));
		await().untilAsserted(() -> assertThat(loopThreads()).isEmpty());
	}

	private static List<String> loopThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.matches("streams-loop-\\d+"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		Echo echo() {
			return new Echo();
		}

	}

	static class Echo {

		@StreamHandler(server = "echo", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				writer.write(line);
				writer.drain();
			}
		}

	}

	record OrderedCustomizer(int order, List<String> calls) implements StreamServerCustomizer, Ordered {

		@Override
		public int getOrder() {
			return this.order;
		}

		@Override
		public void customize(String server, ServerOptions.Builder options) {
			this.calls.add(this.order + " " + server);
			options.maxConnections(100 + this.order).name("renamed");
		}

	}

	record OpenedListener(CompletableFuture<StreamConnection> connection) implements StreamListener {

		@Override
		public void opened(StreamConnection connection) {
			this.connection.complete(connection);
		}

	}

}
