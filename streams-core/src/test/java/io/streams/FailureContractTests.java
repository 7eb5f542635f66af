package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * The exceptions of a lost connection, over every transport.
 */
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class FailureContractTests extends StreamContract {

	private StreamConnection lost() throws IOException {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.readLine()));
		client.writer().transport().abort(new ConnectionResetException("Connection reset by peer", null));
		await().until(client::isClosed);
		return client;
	}

	@Test
	void everyCallerOfALostConnectionGetsItsOwnExceptionAndStack() throws IOException {
		StreamConnection client = lost();
		IOException error = client.reader().exception();
		List<Throwable> thrown = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			thrown.add(catchThrowable(() -> client.reader().readLine()));
			thrown.add(catchThrowable(() -> client.writer().drain()));
			thrown.add(catchThrowable(() -> client.writer().waitClosed()));
			thrown.add(causeOf(client.reader().readAsync(1)));
			thrown.add(causeOf(client.writer().drainAsync()));
			thrown.add(causeOf(client.writer().waitClosedAsync()));
		}
		assertThat(thrown).allSatisfy((each) -> {
			assertThat(each).isExactlyInstanceOf(error.getClass()).hasMessage(error.getMessage());
			assertThat(each.getCause()).isSameAs(error);
			assertThat(thrown).filteredOn((other) -> other == each).hasSize(1);
		});
		for (int i : new int[] { 0, 1, 2 }) {
			assertThat(thrown.get(i).getStackTrace()).extracting(StackTraceElement::getMethodName)
				.contains("everyCallerOfALostConnectionGetsItsOwnExceptionAndStack");
		}
	}

	@Test
	void tryWithResourcesOverALostConnectionThrowsTheFirstError() throws Exception {
		StreamConnection client = lost();
		ConnectionLostException failure = catchThrowableOfType(ConnectionLostException.class, () -> {
			try (AutoCloseable waiting = client.writer()::waitClosed; StreamConnection closing = client) {
				client.reader().readLine();
			}
		});
		assertThat(failure.getSuppressed()).singleElement().isInstanceOf(ConnectionLostException.class);
	}

	@Test
	void waitersInOnePauseGetTheirOwnExceptions() throws Exception {
		this.network.with((options) -> options.limit(1024));
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.connection().pauseReading();
			writer.waitClosedAsync().handle((nothing, failure) -> 0).join();
		});
		StreamConnection client = this.network.connect(server);
		await().pollInterval(Duration.ofMillis(5)).until(() -> {
			client.writer().write(new byte[64 * 1024]);
			return client.core().flow().isPaused();
		});
		List<CompletableFuture<Void>> drains = List.of(client.writer().drainAsync(), client.writer().drainAsync());
		client.writer().transport().abort(new ConnectionResetException("Connection reset by peer", null));
		List<Throwable> thrown = drains.stream().map(FailureContractTests::causeOf).toList();
		assertThat(thrown.getFirst()).isNotSameAs(thrown.getLast()).isInstanceOf(ConnectionLostException.class);
		assertThat(thrown.getFirst().getCause()).isSameAs(thrown.getLast().getCause());
	}

	/** Returns the exception of a failed future. */
	private static Throwable causeOf(CompletableFuture<?> future) {
		CompletionException failure = catchThrowableOfType(CompletionException.class, future::join);
		return failure.getCause();
	}

}
