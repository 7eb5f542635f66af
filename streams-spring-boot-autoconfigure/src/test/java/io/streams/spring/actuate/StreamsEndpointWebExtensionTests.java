package io.streams.spring.actuate;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.streams.StreamServer;
import io.streams.spring.server.StreamServers;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamsEndpointWebExtension}.
 */
class StreamsEndpointWebExtensionTests {

	private final StreamsHistory history = new StreamsHistory();

	private final StreamsEndpointWebExtension endpoint = new StreamsEndpointWebExtension(
			new StreamsEndpoint(new StreamServers(), List::of, this.history, new OperatorLog((event) -> {
			}, this.history), true), new WriteGuard(Set.of("*"), () -> null), null);

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
			.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
			.containsAllEntriesOf(Map.of("status", 400))
			.containsKey("message");
	}

	@Test
	void requestThatWaitedForTooLongIsUnavailable() {
		StreamsEndpoint busy = mock();
		given(busy.streams()).willThrow(new BusyException("ask again later"));
		WebEndpointResponse<Object> response = new StreamsEndpointWebExtension(busy,
				new WriteGuard(Set.of("*"), () -> null), null)
			.streams();
		assertThat(response.getStatus()).isEqualTo(503);
		assertThat(response.getBody()).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("message", "ask again later");
	}

	@Test
	void actionIsDoneThoughItsServerCannotBeShown() {
		StreamServer server = mock();
		given(server.name()).willReturn("echo");
		StreamServers servers = mock();
		given(servers.find("echo")).willReturn(server);
		ServerViews views = mock();
		given(views.of(any(), any())).willThrow(new BusyException("Ask again later"));
		StreamsEndpoint busy = new StreamsEndpoint(servers, List::of, this.history, new OperatorLog((event) -> {
		}, this.history), true, views);
		WebEndpointResponse<Object> response = new StreamsEndpointWebExtension(busy,
				new WriteGuard(Set.of("*"), () -> null), null)
			.changeServer(SecurityContext.NONE, "echo", "pause-accepting");
		assertThat(response.getStatus()).isEqualTo(503);
		assertThat(response.getBody()).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("message", "'pause-accepting' is done, but not shown. Ask again later");
		then(server).should().pauseAccepting();
		then(views).should().changed("echo");
	}

}
