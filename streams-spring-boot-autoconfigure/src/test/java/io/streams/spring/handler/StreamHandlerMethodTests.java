package io.streams.spring.handler;

import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

import io.streams.HandlerOutcome;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StreamHandlerMethod}, over real connections.
 */
class StreamHandlerMethodTests {

	private final Handlers handlers = new Handlers();

	@ParameterizedTest
	@ValueSource(strings = { "readerWriter", "writerReader", "connectionOnly", "allThree", "writerOnly", "stage",
			"future", "mono", "flux", "publisher" })
	void connectionIsHandled(String method) throws Exception {
		assertThat(answerOf(method)).isEqualTo("done\n");
	}

	@ParameterizedTest
	@CsvSource({ "throwing,IOException", "failedStage,IOException", "failedMono,IOException",
			"throwingError,AssertionError", "nullStage,IllegalStateException", "wrappedFailure,IOException" })
	void failureIsTheHandlersOwn(String method, String failure) throws Exception {
		assertThat(failureOf(method).getClass().getSimpleName()).isEqualTo(failure);
	}

	@Test
	void interruptCancelsWhatIsAwaited() throws Exception {
		Thread handler = handlerThreadOf("neverEnding");
		handler.interrupt();
		assertThat(this.handlers.never).failsWithin(Duration.ofSeconds(5));
		assertThat(this.handlers.never).isCancelled();
	}

	@Test
	void interruptCancelsSubscription() throws Exception {
		Thread handler = handlerThreadOf("neverEndingMono");
		handler.interrupt();
		assertThat(this.handlers.cancelled.await(5, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			noParameters     | has no parameters, so it could neither read nor write
			wrongParameter   | has a parameter of type java.lang.String, which no connection can supply
			twoReaders       | has two parameters of type StreamReader
			subclass         | has a parameter of type java.lang.Object, which no connection can supply
			wrongReturn      | returns java.lang.String, whose end nobody could await
			primitiveReturn  | returns int, whose end nobody could await
			javaUtilFuture   | returns java.util.concurrent.Future, whose end nobody could await
			""")
	void badSignatureIsRefused(String method, String problem) {
		assertThatExceptionOfType(InvalidStreamHandlerException.class).isThrownBy(() -> handler(method))
			.withMessage("Method " + method + " " + problem)
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("StreamReader, StreamWriter and StreamConnection",
					"void, a CompletionStage or a reactive type",
					"void onConnect(StreamReader reader, StreamWriter writer)"));
	}

	@Test
	void beanIsAskedForAtEachConnection() throws Exception {
		int[] made = new int[1];
		StreamHandlerMethod handler = new StreamHandlerMethod(() -> {
			made[0]++;
			return new Handlers();
		}, method("writerOnly"), "it");
		assertThat(made[0]).isZero();
		assertThat(answerOf(handler)).isEqualTo("done\n");
		assertThat(answerOf(handler)).isEqualTo("done\n");
		assertThat(made[0]).isEqualTo(2);
	}

	private StreamHandlerMethod handler(String method) {
		return new StreamHandlerMethod(() -> this.handlers, method(method), "Method " + method);
	}

	private static Method method(String name) {
		return Arrays.stream(Handlers.class.getDeclaredMethods())
			.filter((method) -> method.getName().equals(name))
			.findAny()
			.orElseThrow();
	}

	private String answerOf(String method) throws Exception {
		return answerOf(handler(method));
	}

	private static String answerOf(StreamHandlerMethod handler) throws Exception {
		try (StreamServer server = Streams.startServer(handler, "127.0.0.1", 0);
				StreamConnection client = Streams.openConnection("127.0.0.1", server.port())) {
			client.writer().write("go\n".getBytes(UTF_8));
			return new String(client.reader().read(), UTF_8);
		}
	}

	private Throwable failureOf(String method) throws Exception {
		CompletableFuture<Throwable> failed = new CompletableFuture<>();
		ServerOptions options = ServerOptions.builder().listener(new StreamListener() {

			@Override
			public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
					Throwable failure) {
				failed.complete(failure);
			}

		}).build();
		try (StreamServer server = Streams.startServer(handler(method), "127.0.0.1", 0, options);
				StreamConnection client = Streams.openConnection("127.0.0.1", server.port())) {
			assertThat(failed).succeedsWithin(Duration.ofSeconds(5));
			client.abort();
			return failed.join();
		}
	}

	private Thread handlerThreadOf(String method) throws Exception {
		StreamServer server = Streams.startServer(handler(method), "127.0.0.1", 0);
		StreamConnection client = Streams.openConnection("127.0.0.1", server.port());
		client.reader().readLine();
		Thread thread = server.connections().iterator().next().handlerThread();
		client.writer().close();
		server.close();
		return thread;
	}

	@SuppressWarnings("unused")
	static class Handlers {

		final CompletableFuture<Void> never = new CompletableFuture<>();

		final CountDownLatch cancelled = new CountDownLatch(1);

		void readerWriter(StreamReader reader, StreamWriter writer) throws IOException {
			reader.readLine();
			writer.write("done\n".getBytes(UTF_8));
		}

		void writerReader(StreamWriter writer, StreamReader reader) throws IOException {
			readerWriter(reader, writer);
		}

		public void connectionOnly(StreamConnection connection) throws IOException {
			readerWriter(connection.reader(), connection.writer());
		}

		void allThree(StreamConnection connection, StreamReader reader, StreamWriter writer) throws IOException {
			assertThat(connection.reader()).isSameAs(reader);
			assertThat(connection.writer()).isSameAs(writer);
			readerWriter(reader, writer);
		}

		private void writerOnly(StreamWriter writer) {
			writer.write("done\n".getBytes(UTF_8));
		}

		CompletionStage<?> stage(StreamReader reader, StreamWriter writer) {
			return reader.readLineAsync().thenAccept((line) -> writer.write("done\n".getBytes(UTF_8)));
		}

		CompletableFuture<Void> future(StreamReader reader, StreamWriter writer) {
			return reader.readLineAsync().thenAccept((line) -> writer.write("done\n".getBytes(UTF_8)));
		}

		Mono<Void> mono(StreamReader reader, StreamWriter writer) {
			return Mono.fromFuture(reader::readLineAsync)
				.doOnNext((line) -> writer.write("done\n".getBytes(UTF_8)))
				.then();
		}

		Flux<String> flux(StreamReader reader, StreamWriter writer) {
			return Flux.just("do", "ne\n").doOnNext((part) -> writer.write(part.getBytes(UTF_8)));
		}

		Publisher<String> publisher(StreamReader reader, StreamWriter writer) {
			return flux(reader, writer);
		}

		void throwing(StreamReader reader) throws IOException {
			throw new IOException("no");
		}

		void throwingError(StreamReader reader) {
			throw new AssertionError("no");
		}

		CompletionStage<?> failedStage(StreamReader reader) {
			return CompletableFuture.failedStage(new IOException("no"));
		}

		CompletionStage<?> wrappedFailure(StreamReader reader) {
			return CompletableFuture
				.failedStage(new CompletionException(new CompletionException(new IOException("no"))));
		}

		Mono<Void> failedMono(StreamReader reader) {
			return Mono.error(new IOException("no"));
		}

		CompletionStage<?> nullStage(StreamReader reader) {
			return null;
		}

		CompletionStage<?> neverEnding(StreamWriter writer) {
			writer.write("waiting\n".getBytes(UTF_8));
			return this.never;
		}

		Mono<Void> neverEndingMono(StreamWriter writer) {
			writer.write("waiting\n".getBytes(UTF_8));
			return Mono.<Void>never().doOnCancel(this.cancelled::countDown);
		}

		void noParameters() {
		}

		void wrongParameter(StreamReader reader, String line) {
		}

		void twoReaders(StreamReader reader, StreamReader other) {
		}

		void subclass(Object connection) {
		}

		String wrongReturn(StreamReader reader) {
			return "";
		}

		int primitiveReturn(StreamReader reader) {
			return 0;
		}

		java.util.concurrent.Future<?> javaUtilFuture(StreamReader reader) {
			return new CompletableFuture<>();
		}

		Flow.Publisher<?> flowPublisher(StreamReader reader) {
			return null;
		}

	}

}
