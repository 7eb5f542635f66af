package io.streams.spring.autoconfigure;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * An application that names none of the optional parts, run by {@link OptionalPartsTests}
 * in a class loader that lacks some of them.
 */
final class OptionalPartsApplication {

	private OptionalPartsApplication() {
	}

	/** Whether the application serves, and which of its optional beans it has. */
	static String run() throws IOException {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(OptionalPartsApplication.class.getClassLoader());
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(EchoApplication.class)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn", "spring.jmx.enabled=false",
					"management.endpoints.web.exposure.include=*", "management.endpoints.jmx.exposure.include=*")
			.run()) {
			Stream<String> beans = Stream.of("streamsEndpoint", "streamsHealthIndicator", "streamsMetrics")
				.filter(context::containsBean);
			return Stream.concat(Stream.of("echoed " + echo(context)), beans).collect(Collectors.joining(", "));
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static String echo(ConfigurableApplicationContext context) throws IOException {
		int port = context.getBean(StreamServers.class).get("echo").port();
		try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
			client.writer().write("hello\n".getBytes(UTF_8));
			return new String(client.reader().readLine(), UTF_8).strip();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class EchoApplication {

		@StreamHandler(server = "echo", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			writer.write(reader.readLine());
		}

	}

}
