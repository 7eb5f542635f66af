package io.streams.spring.actuate;

import java.util.List;
import java.util.Map;

import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamsEndpointWebExtension}.
 */
class StreamsEndpointWebExtensionTests {

	private final StreamsHistory history = new StreamsHistory();

	private final StreamsEndpointWebExtension endpoint = new StreamsEndpointWebExtension(
			new StreamsEndpoint(new StreamServers(), List::of, this.history, new OperatorLog((event) -> {
			}, this.history), true));

	/** Else the application's own settings of Jackson would change what it looks like. */
	@ParameterizedTest
	@ValueSource(classes = { StreamsDescriptor.class, ServerDescriptor.class, ServerConnectionsDescriptor.class,
			ConnectionDescriptor.class })
	void answersAreWrittenAsActuatorWritesThem(Class<?> type) {
		assertThat(OperationResponseBody.class).isAssignableFrom(type);
	}

	@Test
	void complaintsAreWrittenAsActuatorWritesThem() {
		WebEndpointResponse<Object> response = this.endpoint.changeServer(SecurityContext.NONE, "echo", "dance");
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody()).isInstanceOf(OperationResponseBody.class)
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
			.containsAllEntriesOf(Map.of("status", 400))
			.containsKey("message");
	}

}
