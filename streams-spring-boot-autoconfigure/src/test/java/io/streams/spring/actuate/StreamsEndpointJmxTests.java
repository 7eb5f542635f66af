package io.streams.spring.actuate;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the {@link StreamsEndpoint} over JMX, in an application without a web server.
 */
class StreamsEndpointJmxTests {

	private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();

	@Test
	void looksOnlyByDefault() throws Exception {
		try (ConfigurableApplicationContext context = run("jmx-read-only")) {
			ObjectName name = name("jmx-read-only");
			assertThat(operations(name)).containsExactlyInAnyOrder("streams", "server", "connection");
			assertThat(this.<Map<String, Object>>invoke(name, "streams")).containsEntry("actions", false);
			try (StreamConnection client = connect(context)) {
				Map<String, Object> server = invoke(name, "server", "echo", null, null, null);
				assertThat((List<?>) server.get("connections")).hasSize(1);
				Map<String, Object> connection = invoke(name, "connection", "echo", only(context).id());
				assertThat(connection).containsEntry("server", "echo").containsKeys("activity", "events");
			}
		}
	}

	@Test
	void actsWhereItsAccessIsUnrestricted() throws Exception {
		try (ConfigurableApplicationContext context = run("jmx-unrestricted",
				"management.endpoint.streams.access=unrestricted"); StreamConnection client = connect(context)) {
			ObjectName name = name("jmx-unrestricted");
			StreamConnection connection = only(context);
			Map<String, Object> held = invoke(name, "changeConnection", "echo", connection.id(), "pause-reading", null,
					null, null);
			assertThat(held).containsEntry("heldByOperator", true);
			assertThat(this.<Map<String, Object>>invoke(name, "changeServer", "echo", "pause-accepting"))
				.containsEntry("acceptPaused", true);
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(() -> invoke(name, "changeServer", "echo", "explode"))
				.havingRootCause()
				.withMessageContaining("'action' must be one of pause-accepting, resume-accepting");
			invoke(name, "closeConnection", "echo", connection.id(), true);
			await().until(connection::isClosed);
			assertThat(this.<Object>invoke(name, "connection", "echo", connection.id())).isNull();
		}
	}

	private static ConfigurableApplicationContext run(String domain, String... properties) {
		return new SpringApplicationBuilder(TestApplication.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=streams",
					"management.endpoints.jmx.domain=" + domain)
			.properties(properties)
			.run();
	}

	private static StreamConnection connect(ConfigurableApplicationContext context) throws Exception {
		StreamServers servers = context.getBean(StreamServers.class);
		StreamConnection client = Streams.openConnection("127.0.0.1", servers.get("echo").port());
		await().until(() -> servers.get("echo").connections().size() == 1);
		return client;
	}

	private static StreamConnection only(ConfigurableApplicationContext context) {
		return context.getBean(StreamServers.class).get("echo").connections().iterator().next();
	}

	private static ObjectName name(String domain) throws Exception {
		return new ObjectName(domain + ":type=Endpoint,name=Streams");
	}

	private static List<String> operations(ObjectName name) throws Exception {
		return Arrays.stream(MBEANS.getMBeanInfo(name).getOperations()).map(MBeanOperationInfo::getName).toList();
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private <T> T invoke(ObjectName name, String operation, Object... arguments) throws Exception {
		MBeanOperationInfo info = Arrays.stream(MBEANS.getMBeanInfo(name).getOperations())
			.filter((each) -> each.getName().equals(operation))
			.findAny()
			.orElseThrow();
		String[] signature = Arrays.stream(info.getSignature()).map(MBeanParameterInfo::getType).toArray(String[]::new);
		return (T) MBEANS.invoke(name, operation, arguments, signature);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoServer.class)
	static class TestApplication {

	}

}
