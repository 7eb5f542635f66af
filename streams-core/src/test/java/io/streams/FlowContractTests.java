package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.buffer.SegmentPool;
import io.streams.flow.WaterMarks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What streams promise over every transport of flow control: who is paused when, and who
 * waits.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class FlowContractTests extends StreamContract {

	private static final int MIB = 1024 * 1024;

	@Test
	void drainWaitsFromAboveTheHighMarkUntilTheLowOne() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		long size = writer.transport().writeBufferSize();
		WaterMarks marks = new WaterMarks((int) size - 20_000, (int) size);
		writer.transport().setWriteBufferLimits(marks);
		writer.drain();
		assertThat(this.events.count("writingPaused")).as("pauses at the high mark").isZero();

		writer.write(bytes("+"));
		assertThat(this.events.count("writingPaused")).as("pauses above the high mark").isOne();
		Future<?> drained = this.threads.submit(() -> {
			writer.drain();
			return null;
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		while (!drained.isDone() || writer.transport().writeBufferSize() > 0) {
			stalled.client().read(new byte[500]);
			boolean done = drained.isDone();
			long left = writer.transport().writeBufferSize();
			assertThat(!done || left <= marks.low()).as("drain returned with %d bytes left", left).isTrue();
			if (left <= marks.low()) {
				drained.get(5, TimeUnit.SECONDS);
			}
		}
		assertThat(this.events.count("writingResumed")).isOne();
		assertThat(stalled.connection().snapshot().drainWaiters()).isZero();
		stalled.finish();
	}

	@Test
	void raisingTheWaterMarksResumesAWriter() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		writer.transport().setWriteBufferLimits(WaterMarks.DEFAULT);
		Future<?> drained = this.threads.submit(() -> {
			writer.drain();
			return null;
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		int size = (int) writer.transport().writeBufferSize();
		writer.transport().setWriteBufferLimits(new WaterMarks(size - 1, size));
		assertThat(drained.isDone()).as("resumed above the new low mark").isFalse();
		writer.transport().setWriteBufferLimits(new WaterMarks(size, 2 * size));
		drained.get(5, TimeUnit.SECONDS);
		assertThat(this.events.names()).containsSubsequence("writingPaused", "writingResumed");
		stalled.finish();
	}

	@Test
	void readingPausesAboveTwiceTheLimitAndResumesAtTheLimit() throws Exception {
		int limit = 1024;
		int total = this.kind.scaled(64 * MIB);
		long segments = SegmentPool.segmentsInUse();
		CountDownLatch read = new CountDownLatch(1);
		CompletableFuture<StreamReader> readerOfServer = new CompletableFuture<>();
		AtomicLong fullestAtResume = new AtomicLong();
		CompletableFuture<String> hash = new CompletableFuture<>();
		StreamListener resumes = new StreamListener() {
			@Override
			public void readingResumed(StreamConnection connection, Duration paused) {
				fullestAtResume.accumulateAndGet(connection.reader().buffered(), Math::max);
			}
		};
		this.network.with((options) -> options.limit(limit).listener(StreamListener.all(List.of(this.events, resumes))))
			.with((options) -> options.receiveBuffer(64 * 1024));
		StreamServer server = this.network.serve((reader, writer) -> {
			readerOfServer.complete(reader);
			read.await();
			MessageDigest digest = Payload.digest();
			for (byte[] some; (some = reader.read(5000)).length > 0;) {
				digest.update(some);
			}
			hash.complete(Payload.hex(digest));
		});
		RawClient client = this.network.connectRaw(server);
		client.limitUnread(64 * 1024);
		byte[] payload = Payload.random(4, total);
		Future<?> sent = this.threads.submit(() -> {
			client.send(payload);
			client.shutdownOutput();
			return null;
		});
		await().until(() -> this.events.count("readingPaused") == 1);
		await().during(Duration.ofMillis(200))
			.until(() -> readerOfServer.join().buffered() <= 2 * limit + 64 * 1024
					&& SegmentPool.segmentsInUse() - segments < 20 && !sent.isDone());
		StreamConnection connection = server.connections().iterator().next();
		assertThat(connection.snapshot().reading().pauses().paused()).isTrue();
		assertThat(connection.snapshot().reading().buffered()).isGreaterThan(2 * limit);
		read.countDown();
		assertThat(hash.get(50, TimeUnit.SECONDS)).isEqualTo(Payload.hash(payload));
		assertThat(fullestAtResume.get()).isLessThanOrEqualTo(limit);
		assertThat(this.events.count("readingPaused")).isEqualTo(this.events.count("readingResumed"));
		assertThat(this.events.bytesReceived()).isEqualTo(total);
		sent.get();
	}

	@Test
	void aHandlerThatWritesAndThenBlocksElsewhereHasItsBytesOnTheWire() throws IOException {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(bytes("written\n"));
			done.await();
		});
		RawClient client = this.network.connectRaw(server);
		assertThat(client.readLine()).isEqualTo("written");
		assertThat(this.events.count("handlerFinished")).isZero();
		done.countDown();
	}

	@Test
	void anInterruptedReadLosesNothing() throws Exception {
		CompletableFuture<StreamReader> reading = new CompletableFuture<>();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<String> outcome = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			thread.complete(Thread.currentThread());
			reading.complete(reader);
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(reader::readLine);
			interrupted.complete(Thread.interrupted());
			outcome.complete(text(reader.readLine()));
		});
		RawClient client = this.network.connectRaw(server);
		client.send("first ");
		await().until(() -> reading.join().buffered() == 6 && reading.join().toString().contains("waiting"));
		thread.join().interrupt();
		assertThat(interrupted.get(5, TimeUnit.SECONDS)).as("the flag is kept").isTrue();
		client.send("second\n");
		assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo("first second\n");
	}

	@Test
	void anInterruptedDrainLosesNothing() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		writer.transport().setWriteBufferLimits(WaterMarks.DEFAULT);
		CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
		Thread draining = Thread.ofVirtual().start(() -> {
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(writer::drain);
			flagKept.complete(Thread.interrupted());
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		draining.interrupt();
		assertThat(flagKept.get(5, TimeUnit.SECONDS)).isTrue();
		assertThat(stalled.connection().snapshot().drainWaiters()).isZero();
		writer.write(bytes("the end\n"));
		stalled.finish();
		assertThat(stalled.client().readToEnd()).endsWith("the end\n").hasSize(stalled.written() + 8);
	}

	/**
	 * A server's writer whose client does not read, with some hundred kilobytes in its
	 * buffer, which were written with marks so high that it is not paused.
	 */
	private final class StalledWriter {

		private final CompletableFuture<StreamWriter> writer = new CompletableFuture<>();

		private final CountDownLatch finished = new CountDownLatch(1);

		private final RawClient client;

		private int written;

		StalledWriter() throws IOException {
			FlowContractTests.this.network
				.with((options) -> options.sendBuffer(8192).waterMarks(WaterMarks.high(1 << 30)));
			StreamServer server = FlowContractTests.this.network.serve((reader, writer) -> {
				this.writer.complete(writer);
				this.finished.await();
			});
			this.client = FlowContractTests.this.network.connectRaw(server, 8192);
			byte[] chunk = new byte[10_000];
			while (writer().transport().writeBufferSize() < 300_000) {
				writer().write(chunk);
				this.written += chunk.length;
			}
			long[] last = { -1 };
			await().pollInterval(Duration.ofMillis(50)).until(() -> {
				long before = last[0];
				last[0] = writer().transport().writeBufferSize();
				return last[0] == before;
			});
		}

		StreamWriter writer() {
			return this.writer.join();
		}

		StreamConnection connection() {
			return writer().connection();
		}

		RawClient client() {
			return this.client;
		}

		int written() {
			return this.written;
		}

		/** Lets the handler return. */
		void finish() {
			this.finished.countDown();
		}

	}

}
