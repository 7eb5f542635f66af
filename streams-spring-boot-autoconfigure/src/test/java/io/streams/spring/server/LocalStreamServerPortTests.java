package io.streams.spring.server;

import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalStreamServerPort @LocalStreamServerPort}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "the.answer=42")
class LocalStreamServerPortTests {

	@LocalStreamServerPort("echo")
	private int field;

	@Value("${the.answer}")
	private int answer;

	private final int parameter;

	private final StreamServers servers;

	LocalStreamServerPortTests(@LocalStreamServerPort("echo") int parameter, @Autowired StreamServers servers) {
		this.parameter = parameter;
		this.servers = servers;
	}

	@Test
	void portIsInjected(@LocalStreamServerPort("echo") Integer methodParameter) {
		int port = this.servers.get("echo").port();
		assertThat(port).isPositive();
		assertThat(this.field).isEqualTo(port);
		assertThat(this.parameter).isEqualTo(port);
		assertThat(methodParameter).isEqualTo(port);
	}

	@Test
	void otherValuesAreInjectedAsEver() {
		assertThat(this.answer).isEqualTo(42);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(StreamsAutoConfiguration.class)
	@Import(EchoServer.class)
	static class TestConfiguration {

	}

}
