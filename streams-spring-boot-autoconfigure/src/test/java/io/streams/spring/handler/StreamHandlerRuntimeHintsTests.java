package io.streams.spring.handler;

import java.util.List;

import io.streams.spring.actuate.BufferDescriptor;
import io.streams.spring.actuate.OperatorLog;
import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.actuate.StreamsHistory;
import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import io.streams.spring.autoconfigure.StreamsProperties;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the hints that a native image needs.
 */
class StreamHandlerRuntimeHintsTests {

	@Test
	void handlersPropertiesAndEndpointCanBeReached() {
		RuntimeHints hints = hintsOf(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class, EchoServer.class,
				EndpointConfiguration.class);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(EchoServer.class, "onConnect"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(StreamsProperties.Server.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(StreamsProperties.Timeouts.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(StreamsEndpoint.class, "connection"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(BufferDescriptor.class)).accepts(hints);
	}

	private static RuntimeHints hintsOf(Class<?>... beans) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("io.streams.spring", "Application")),
				new InMemoryGeneratedFiles());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(beans);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		generation.writeGeneratedContent();
		return generation.getRuntimeHints();
	}

	@Configuration(proxyBeanMethods = false)
	static class EndpointConfiguration {

		@Bean
		StreamsEndpoint streamsEndpoint(StreamServers servers) {
			StreamsHistory history = new StreamsHistory();
			return new StreamsEndpoint(servers, List::of, history, new OperatorLog((event) -> {
			}, history), false);
		}

	}

}
