package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import io.streams.flow.WaterMarks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * What a listener may do, over every transport, while it is told of something: it may
 * close and abort, whoever calls it, and whatever lock that one holds.
 */
@Tag("slow")
@Tag("sockets")
@Timeout(60)
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class ListenerContractTests extends StreamContract {

	/** Of the reader, which pauses above twice as much. */
	private static final int LIMIT = 1024;

	/** More than the sockets between the two ends take. */
	private static final int MANY_BYTES = 2_000_000;

	@Test
	void itMayCloseWhenWritingPauses() throws IOException {
		listen(new StreamListener() {
			@Override
			public void writingPaused(StreamConnection connection) {
				close(connection);
			}
		});
		RawClient client = this.network
			.connectRaw(this.network.serve((reader, writer) -> writer.write(new byte[MANY_BYTES])), 8192);
		assertThat(client.readToEnd()).hasSize(MANY_BYTES);
		assertThatItWasClosed(client);
	}

	@Test
	void itMayCloseWhenBytesWereSent() throws IOException {
		listen(new StreamListener() {
			@Override
			public void bytesSent(StreamConnection connection, long count) {
				close(connection);
			}
		});
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			writer.write(bytes("some"));
			writer.flush();
			reader.read();
		}));
		assertThat(client.readToEnd()).isEqualTo("some");
		assertThatItWasClosed(client);
	}

	@Test
	void itMayCloseWhenReadingResumes() throws IOException {
		CountDownLatch paused = new CountDownLatch(1);
		listen(new StreamListener() {
			@Override
			public void readingPaused(StreamConnection connection) {
				paused.countDown();
			}

			@Override
			public void readingResumed(StreamConnection connection, Duration time) {
				close(connection);
			}
		});
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			paused.await();
			reader.readExactly(2 * LIMIT);
		}));
		client.send(new byte[3 * LIMIT]);
		client.shutdownOutput();
		assertThat(client.readToEnd()).isEmpty();
		assertThatItWasClosed(client);
	}

	@Test
	void itMayAbortOnOneSideWhileItClosesOnTheOther() throws IOException {
		assumeThat(this.kind).as("a loop that waits runs no handler").isNotEqualTo(TransportKind.TCP_CARRIER);
		CountDownLatch readingPauses = new CountDownLatch(1);
		CyclicBarrier bothHoldALock = new CyclicBarrier(2);
		listen(new StreamListener() {
			@Override
			public void readingPaused(StreamConnection connection) {
				readingPauses.countDown();
				meet(bothHoldALock);
				connection.abort();
			}

			@Override
			public void writingPaused(StreamConnection connection) {
				meet(bothHoldALock);
				connection.writer().close();
			}
		});
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			readingPauses.await();
			writer.write(new byte[MANY_BYTES]);
		}), 8192);
		client.send(new byte[3 * LIMIT]);
		await().until(() -> this.events.count("closed") == 1);
	}

	private void listen(StreamListener listener) {
		this.network
			.with((options) -> options.limit(LIMIT).listener(StreamListener.all(List.of(this.events, listener))))
			.with((options) -> options.sendBuffer(8192).waterMarks(WaterMarks.high(1000)));
	}

	private void assertThatItWasClosed(RawClient client) throws IOException {
		client.close();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.CLOSED);
	}

	private static void close(StreamConnection connection) {
		try {
			connection.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void meet(CyclicBarrier barrier) {
		try {
			barrier.await(5, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException("only one side was paused", ex);
		}
	}

}
