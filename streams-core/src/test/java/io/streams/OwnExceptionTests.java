package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import io.streams.flow.FlowControl;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.SlowConsumerException;
import io.streams.transport.WriteBufferOverflowException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Each caller gets an exception of its own, with its own stack and the error of the
 * connection as cause.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class OwnExceptionTests {

	static Stream<IOException> errors() {
		InetSocketAddress address = InetSocketAddress.createUnresolved("host", 1);
		return Stream.of(new IOException("plain"), new SocketException("Broken pipe"), new EOFException(),
				new SSLHandshakeException("no cipher"), new ConnectionLostException("gone"),
				new ConnectionClosedException("closed"), new ConnectionResetException("reset", null),
				new ConnectionTimeoutException(ConnectionTimeoutException.Phase.IDLE, Duration.ofSeconds(1)),
				new SlowConsumerException(Duration.ofSeconds(1), 5), new WriteBufferOverflowException(6, 5),
				new TlsTruncatedException(), new ServerStoppingException("stops"),
				new ReadTimeoutException("read", Duration.ofSeconds(1)), new BindFailedException(address, "no", null),
				new ConnectFailedException(address, "refused", null));
	}

	@ParameterizedTest
	@MethodSource("errors")
	void everyReadThrowsACopyOfItsOwn(IOException error) throws Exception {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.setException(error);
		List<Throwable> thrown = new ArrayList<>();
		for (int round = 0; round < 2; round++) {
			for (Read read : Read.values()) {
				thrown.add(thrownBy(() -> read.blocking(reader)));
				thrown.add(read.asynchronous(reader).exceptionNow());
			}
		}
		assertOwn(thrown, error);
		assertThat(reader.exception()).isSameAs(error);
	}

	@ParameterizedTest
	@MethodSource("errors")
	void everyWaitingReadFailsWithACopyAndItsOwnStack(IOException error) throws Exception {
		List<Throwable> thrown = new ArrayList<>();
		for (Read read : Read.values()) {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			CompletableFuture<Throwable> blocked = new CompletableFuture<>();
			Thread.ofVirtual().start(() -> blocked.complete(thrownBy(() -> read.blocking(reader))));
			await().until(() -> reader.toString().contains("waiting in"));
			feed.setException(error);
			Throwable own = blocked.get(5, TimeUnit.SECONDS);
			assertThat(own.getStackTrace()).as("stack of %s", read)
				.extracting(StackTraceElement::getMethodName)
				.contains("blocking")
				.doesNotContain("setException");
			thrown.add(own);
			ReaderFeed otherFeed = ReaderFeed.create();
			StreamReader other = otherFeed.reader();
			CompletableFuture<?> future = read.asynchronous(other);
			otherFeed.setException(error);
			thrown.add(future.exceptionNow());
		}
		assertOwn(thrown, error);
	}

	@Test
	void copiesKeepWhatTheirTypeTells() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.setException(new ConnectionTimeoutException(ConnectionTimeoutException.Phase.IDLE, Duration.ZERO));
		assertThatExceptionOfType(ConnectionTimeoutException.class).isThrownBy(reader::readLine)
			.satisfies((ex) -> assertThat(ex.phase()).isEqualTo(ConnectionTimeoutException.Phase.IDLE));
		feed.setException(new IncompleteReadException(new byte[] { 7 }, 4L));
		assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> reader.read(1)).satisfies((ex) -> {
			assertThat(ex.partial()).containsExactly(7);
			assertThat(ex.expected()).hasValue(4);
		});
		feed.setException(new LimitOverrunException("long", 9));
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> reader.read(1))
			.satisfies((ex) -> assertThat(ex.consumed()).isEqualTo(9));
	}

	@Test
	void tryWithResourcesAddsTheSecondErrorToTheFirst() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.setException(new ConnectionLostException("gone"));
		ConnectionLostException failure = catchThrowableOfType(ConnectionLostException.class, () -> {
			try (AutoCloseable closing = reader::readLine) {
				reader.readLine();
			}
		});
		assertThat(failure.getSuppressed()).singleElement().isInstanceOf(ConnectionLostException.class);
	}

	@Test
	void everyIterationOverLinesThrowsItsOwn() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.setException(new ConnectionLostException("gone"));
		List<Throwable> thrown = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			UncheckedIOException unchecked = catchThrowableOfType(UncheckedIOException.class,
					() -> reader.lines().iterator().hasNext());
			thrown.add(unchecked.getCause());
		}
		assertOwn(thrown, reader.exception());
	}

	@Test
	void everyDrainThatWaitsGetsItsOwn() {
		FlowControl flow = new FlowControl(Runnable::run);
		flow.pauseWriting();
		List<CompletableFuture<Void>> waiting = List.of(flow.whenResumed(), flow.whenResumed());
		IOException error = new ConnectionResetException("reset", null);
		flow.connectionLost(error);
		List<Throwable> thrown = new ArrayList<>();
		waiting.forEach((future) -> thrown.add(future.exceptionNow()));
		thrown.add(flow.whenResumed().exceptionNow());
		thrown.add(flow.whenResumed().exceptionNow());
		assertOwn(thrown, error);
	}

	private static void assertOwn(List<Throwable> thrown, IOException error) {
		assertThat(thrown).allSatisfy((each) -> {
			assertThat(each).isNotSameAs(error).isExactlyInstanceOf(error.getClass());
			assertThat(each.getMessage()).isEqualTo(error.getMessage());
			assertThat(each.getCause()).isSameAs(error);
			assertThat(thrown).filteredOn((other) -> other == each).hasSize(1);
		});
	}

	private static Throwable thrownBy(Attempt attempt) {
		try {
			return new AssertionError("returned " + attempt.make());
		}
		catch (Exception ex) {
			return ex;
		}
	}

	/** A call that fails. */
	@FunctionalInterface
	private interface Attempt {

		Object make() throws Exception;

	}

	/** The reads. */
	private enum Read {

		AWAIT_INPUT, SOME, ALL, INTO, EXACTLY, LINE, UNTIL, SKIP_LINE, SKIP_UNTIL;

		private static final byte[] SEPARATOR = { ';' };

		Object blocking(StreamReader reader) throws IOException {
			return switch (this) {
				case AWAIT_INPUT -> reader.awaitInput();
				case SOME -> reader.read(5);
				case ALL -> reader.read();
				case INTO -> reader.read(ByteBuffer.allocate(5));
				case EXACTLY -> reader.readExactly(5);
				case LINE -> reader.readLine();
				case UNTIL -> reader.readUntil(SEPARATOR);
				case SKIP_LINE -> reader.skipLine();
				case SKIP_UNTIL -> reader.skipUntil(SEPARATOR);
			};
		}

		CompletableFuture<?> asynchronous(StreamReader reader) {
			return switch (this) {
				case AWAIT_INPUT -> reader.awaitInputAsync();
				case SOME, INTO -> reader.readAsync(5);
				case ALL -> reader.readAsync();
				case EXACTLY -> reader.readExactlyAsync(5);
				case LINE -> reader.readLineAsync();
				case UNTIL -> reader.readUntilAsync(SEPARATOR);
				case SKIP_LINE -> reader.skipLineAsync();
				case SKIP_UNTIL -> reader.skipUntilAsync(SEPARATOR);
			};
		}

	}

}
