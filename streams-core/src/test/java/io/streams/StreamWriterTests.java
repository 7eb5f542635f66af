package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.flow.WaterMarks;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.Protocol;
import io.streams.transport.SocketOptionAccess;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A writer over a real socket; what holds over every transport is in
 * {@link StreamContractTests}.
 */
@Timeout(20)
class StreamWriterTests extends NetworkFixture {

	private final CountDownLatch done = new CountDownLatch(1);

	@AfterEach
	void letHandlersEnd() {
		this.done.countDown();
	}

	@Test
	void aDrainThatNeedNotWaitIsNoDrain() throws Exception {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			for (int i = 0; i < 100; i++) {
				writer.write(new byte[100]);
				writer.drain();
				writer.drainAsync().get();
			}
		}));
		assertThat(client.readToEnd()).hasSize(10_000);
		assertThat(this.events.count("drainStarted")).isZero();
	}

	@Test
	void everyDrainThatWaitsIsReportedWithItsTime() throws Exception {
		CompletableFuture<StreamWriter> writer = stalledWriter();
		List<Future<?>> drains = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			drains.add(this.threads.submit(() -> {
				writer.join().drain();
				return null;
			}));
		}
		CompletableFuture<Void> asynchronous = writer.join().drainAsync();
		await().until(() -> writer.join().connection().snapshot().drainWaiters() == 6);
		await().during(Duration.ofMillis(50)).until(() -> !asynchronous.isDone());
		writer.join().transport().setWriteBufferLimits(WaterMarks.high(1 << 30));
		for (Future<?> drain : drains) {
			drain.get(5, TimeUnit.SECONDS);
		}
		asynchronous.get(5, TimeUnit.SECONDS);
		await().until(() -> this.events.count("drainFinished") == 6);
		assertThat(this.events.count("drainStarted")).isEqualTo(6);
		assertThat(this.events.events("drainFinished"))
			.allSatisfy((event) -> assertThat((Duration) event.detail()).isGreaterThan(Duration.ofMillis(40)));
		assertThat(this.events.events("writingResumed")).singleElement()
			.satisfies((event) -> assertThat((Duration) event.detail()).isGreaterThan(Duration.ofMillis(40)));
	}

	@Test
	void aCancelledDrainWaitsNoMore() throws Exception {
		CompletableFuture<StreamWriter> writer = stalledWriter();
		CompletableFuture<Void> drain = writer.join().drainAsync();
		assertThat(writer.join().connection().snapshot().drainWaiters()).isOne();
		drain.cancel(true);
		assertThat(writer.join().connection().snapshot().drainWaiters()).isZero();
		assertThat(this.events.count("drainFinished")).isOne();
	}

	@Test
	void aLargeWriteThatIsDrainedIsNoMisuse() throws Exception {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			for (int i = 0; i < 3; i++) {
				writer.write(new byte[20_000_000]);
				writer.drain();
			}
		}));
		assertThat(client.readToEnd()).hasSize(60_000_000);
	}

	@Test
	@ExpectedLog(value = "The handler goes on writing while the peer takes nothing", times = 1)
	void writingWithoutADrainIsReportedOnce() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			for (int i = 0; i < 1000; i++) {
				writer.write(new byte[20_000]);
			}
		});
		for (int i = 0; i < 2; i++) {
			RawClient client = this.network.connectRaw(server);
			long finished = i + 1;
			await().until(() -> this.events.count("handlerFinished") == finished);
			assertThat(client.readToEnd()).hasSize(20_000_000);
		}
	}

	@Test
	void blockingOnTheEventLoopIsRefusedWithTheWayOut() throws Exception {
		CompletableFuture<StreamWriter> writer = stalledWriter();
		CompletableFuture<Throwable> drain = new CompletableFuture<>();
		CompletableFuture<Throwable> waitClosed = new CompletableFuture<>();
		CompletableFuture<Throwable> connect = new CompletableFuture<>();
		writer.join().transport().loop().execute(() -> {
			drain.complete(failureOf(writer.join()::drain));
			waitClosed.complete(failureOf(writer.join()::waitClosed));
			connect.complete(failureOf(() -> this.network.connect(this.network.servers().getFirst())));
		});
		assertThat(drain.get(5, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("drain would block the event loop: call drainAsync");
		assertThat(waitClosed.get(5, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("call waitClosedAsync");
		assertThat(connect.get(5, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("call openConnectionAsync");
		assertThat(writer.join().connection().snapshot().drainWaiters()).isZero();
	}

	@Test
	void closeOnTheEventLoopDoesNotWait() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		StreamConnection client = this.network.connect(server);
		CompletableFuture<Boolean> closed = new CompletableFuture<>();
		client.writer().transport().loop().execute(() -> {
			try {
				client.close();
				closed.complete(client.isClosed());
			}
			catch (IOException ex) {
				closed.completeExceptionally(ex);
			}
		});
		assertThat(closed.get(5, TimeUnit.SECONDS)).isFalse();
		client.writer().waitClosed();
		assertThat(client.isClosed()).isTrue();
		client.close();
		client.writer().close();
	}

	@Test
	void waitClosedCanBeInterrupted() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> this.done.await()));
		CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
		Thread waiting = Thread.ofVirtual().start(() -> {
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(client.writer()::waitClosed)
				.withMessageContaining("waitClosed was interrupted");
			flagKept.complete(Thread.currentThread().isInterrupted());
		});
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		waiting.interrupt();
		assertThat(flagKept.get(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whoeverWaitsForTheCloseCannotBringItAbout() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.readLine()));
		client.writer().waitClosedAsync().complete(null);
		assertThat(client.isClosed()).isFalse();
	}

	@Test
	void anOutputStreamWritesAndDrains() throws Exception {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			OutputStream stream = writer.outputStream();
			stream.write('h');
			stream.write("ello".getBytes(StandardCharsets.ISO_8859_1));
			stream.write("[ world]".getBytes(StandardCharsets.ISO_8859_1), 1, 6);
			stream.flush();
		}));
		assertThat(client.readToEnd()).isEqualTo("hello world");
	}

	@Test
	void smallWritesToAnOutputStreamLeaveTogether() throws Exception {
		int messages = 100;
		AtomicLong sends = new AtomicLong();
		this.network.with((options) -> options.listener(new StreamListener() {
			@Override
			public void bytesSent(StreamConnection connection, long count) {
				sends.incrementAndGet();
			}
		}));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			OutputStream stream = writer.outputStream();
			for (int i = 0; i < messages; i++) {
				for (String field : List.of("a", "b", "c", "d")) {
					stream.write(field.getBytes(StandardCharsets.ISO_8859_1));
				}
				stream.flush();
			}
		}));
		assertThat(client.readToEnd()).isEqualTo("abcd".repeat(messages));
		// The loop may send in between; one send for each write would be 400.
		assertThat(sends.get()).isBetween(1L, 3L * messages);
	}

	@Test
	void outputStreamOfALostConnectionThrows() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.readLine()));
		OutputStream stream = client.writer().outputStream();
		client.abort();
		await().until(client::isClosed);
		assertThatIOException().isThrownBy(() -> stream.write(1));
		assertThatIOException().isThrownBy(() -> stream.write(new byte[5]));
	}

	@Test
	void manyThreadsThatDrainAreNotReported() throws Exception {
		int threads = 64;
		AtomicBoolean enough = new AtomicBoolean();
		AtomicLong written = new AtomicLong();
		StreamServer server = this.network.serve((reader, writer) -> {
			List<Thread> writing = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				writing.add(Thread.ofVirtual().start(() -> writeAndDrain(writer, enough, written)));
			}
			for (Thread each : writing) {
				joinUninterrupted(each);
			}
		});
		RawClient client = this.network.connectRaw(server, 4096);
		for (int round = 0; round < 5; round++) {
			await()
				.until(() -> server.connections().stream().anyMatch((each) -> each.core().flow().waiting() == threads));
			client.read(4_000_000);
			written.addAndGet(-4_000_000);
		}
		enough.set(true);
		assertThat(client.readToEnd()).hasSize(written.intValue());
	}

	private static void writeAndDrain(StreamWriter writer, AtomicBoolean enough, AtomicLong written) {
		byte[] piece = new byte[32 * 1024];
		try {
			while (!enough.get()) {
				writer.write(piece);
				written.addAndGet(piece.length);
				writer.drain();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void joinUninterrupted(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@ExpectedLog(value = "The handler goes on writing while the peer takes nothing", times = 1)
	void threadsThatEndWithoutADrainAreReported() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			for (int i = 0; i < 200; i++) {
				joinUninterrupted(Thread.ofVirtual().start(() -> writer.write(new byte[20_000])));
			}
		});
		RawClient client = this.network.connectRaw(server, 4096);
		await().until(() -> this.events.count("handlerFinished") == 1);
		assertThat(client.readToEnd()).hasSize(4_000_000);
	}

	@Test
	void aPartOfAFileIsTransferredInOrderWithWhatIsWrittenAround() throws Exception {
		byte[] content = Payload.random(9, 3_000_000);
		Path file = Files.write(this.directory.resolve("file"), content);
		StreamServer server = this.network.serve((reader, writer) -> {
			try (FileChannel channel = FileChannel.open(file)) {
				writer.write("[".getBytes(StandardCharsets.ISO_8859_1));
				writer.transferFrom(channel, 1000, 2_500_000);
				writer.write("]".getBytes(StandardCharsets.ISO_8859_1));
				assertThat(channel.position()).isZero();
			}
		});
		String received = this.network.connectRaw(server).readToEnd();
		assertThat(received.getBytes(StandardCharsets.ISO_8859_1))
			.isEqualTo(("[" + new String(content, 1000, 2_500_000, StandardCharsets.ISO_8859_1) + "]")
				.getBytes(StandardCharsets.ISO_8859_1));
	}

	@Test
	void theRestOfAFileIsTransferredAndCounted() throws Exception {
		byte[] content = Payload.random(10, 200_000);
		Path file = Files.write(this.directory.resolve("file"), content);
		CompletableFuture<List<Long>> counts = new CompletableFuture<>();
		String received = this.network.connectRaw(this.network.serve((reader, writer) -> {
			try (FileChannel channel = FileChannel.open(file)) {
				counts.complete(List.of(writer.transferFrom(channel, 1000), writer.transferFrom(channel, 200_000),
						writer.transferFrom(channel, 300_000)));
				assertThat(failureOf(() -> writer.transferFrom(channel, -1)))
					.isInstanceOf(IllegalArgumentException.class);
			}
		})).readToEnd();
		assertThat(counts.get(5, TimeUnit.SECONDS)).containsExactly(199_000L, 0L, 0L);
		assertThat(received).isEqualTo(new String(content, 1000, 199_000, StandardCharsets.ISO_8859_1));
	}

	@Test
	void aFileThatIsTooShortIsSaidToBe() throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[100]);
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.connectRaw(this.network.serve((reader, writer) -> {
			try (FileChannel channel = FileChannel.open(file)) {
				failure.complete(failureOf(() -> writer.transferFrom(channel, 50, 51)));
			}
		}));
		assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(EOFException.class)
			.hasMessageContaining("the file ended at byte 100");
	}

	@Test
	void nobodyElseMayWriteDuringATransfer() throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[30_000_000]);
		CompletableFuture<StreamWriter> transferring = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			transferring.complete(writer);
			try (FileChannel channel = FileChannel.open(file)) {
				writer.transferFrom(channel, 0, 30_000_000);
			}
			writer.write(new byte[1]);
		}));
		StreamWriter writer = transferring.get(5, TimeUnit.SECONDS);
		await().until(() -> writer.connection().snapshot().drainWaiters() == 1);
		assertThatIllegalStateException().isThrownBy(() -> writer.write(new byte[1]));
		try (FileChannel channel = FileChannel.open(file)) {
			assertThatIllegalStateException().isThrownBy(() -> writer.transferFrom(channel, 0, 1))
				.withMessageContaining("a transferFrom is in progress");
		}
		assertThat(client.readToEnd()).hasSize(30_000_001);
	}

	@Test
	void theOptionsOfTheSocketCanBeReadAndSet() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.read()));
		SocketOptionAccess socket = client.info().get(TransportInfo.SOCKET);
		assertThat(socket).isNotNull();
		assertThat(socket.supportedOptions()).contains(StandardSocketOptions.SO_KEEPALIVE);
		assertThat(socket.option(StandardSocketOptions.TCP_NODELAY)).isTrue();
		socket.setOption(StandardSocketOptions.TCP_NODELAY, false);
		assertThat(socket.option(StandardSocketOptions.TCP_NODELAY)).isFalse();
		client.close();
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> socket.option(StandardSocketOptions.TCP_NODELAY));
		assertThat(socket).hasToString("SocketOptionAccess[closed]");
	}

	@Test
	@ExpectedLog(value = " writing; the connection goes on", times = 2)
	void aProtocolThatFailsToPauseDoesNotHarmItsConnection() throws Exception {
		int length = 16_000_000;
		StreamServer server = this.network.serve((reader, writer) -> {
			int received = reader.read().length;
			writer.write(String.valueOf(received).getBytes(StandardCharsets.ISO_8859_1));
		});
		CompletableFuture<String> answer = new CompletableFuture<>();
		Protocol clumsy = new Protocol() {

			@Override
			public void connectionMade(Transport transport) {
				transport.setWriteBufferLimits(new WaterMarks(0, 10));
				transport.write(new byte[length], 0, length);
				transport.writeEof();
			}

			@Override
			public void dataReceived(ByteBuffer data) {
				answer.complete(StandardCharsets.ISO_8859_1.decode(data).toString());
			}

			@Override
			public boolean eofReceived() {
				return false;
			}

			@Override
			public void pauseWriting() {
				throw new IllegalStateException("clumsy");
			}

			@Override
			public void resumeWriting() {
				throw new IllegalStateException("clumsy");
			}

			@Override
			public void connectionLost(@Nullable IOException cause) {
			}

		};
		TestNetwork.TRANSPORTS.connect(server.addresses().getFirst(), ClientTransportOptions.DEFAULT, clumsy);
		assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo(String.valueOf(length));
	}

	@Test
	void tellsOfItsTransportAndReader() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.readLine()));
		assertThat(client.writer().toString()).startsWith("StreamWriter[transport=SocketTransport[")
			.contains("reader=StreamReader[0 bytes");
		assertThat(client.writer().connection()).isSameAs(client);
	}

	@Test
	void theOtherEndOfAPairReadsWhatIsWritten() throws Exception {
		for (int chunk : new int[] { 1, 2, 7, 8192 }) {
			byte[] payload = Payload.random(chunk, 200_000);
			try (StreamPair pair = StreamPair.create(chunk, this.events)) {
				Future<?> writing = this.threads.submit(() -> {
					for (int i = 0; i < payload.length; i += 10_000) {
						pair.left().writer().write(payload, i, 10_000);
						pair.left().writer().drain();
					}
					pair.left().writer().writeEof();
					return null;
				});
				assertThat(pair.right().reader().read()).isEqualTo(payload);
				writing.get(5, TimeUnit.SECONDS);
				pair.right().writer().write("answer".getBytes(StandardCharsets.ISO_8859_1));
				pair.right().writer().close();
				assertThat(pair.left().reader().read()).asString().isEqualTo("answer");
			}
		}
		await().until(() -> this.events.count("closed") == 8);
	}

	@Test
	void aPairPausesItsWriterAndItsReader() throws Exception {
		try (StreamPair pair = StreamPair.create(16 * 1024, this.events)) {
			Future<?> writing = this.threads.submit(() -> {
				for (int i = 0; i < 100; i++) {
					pair.left().writer().write(new byte[10_000]);
					pair.left().writer().drain();
				}
				pair.left().writer().close();
				return null;
			});
			await().during(Duration.ofMillis(50)).until(() -> pair.left().snapshot().drainWaiters() == 1);
			assertThat(pair.right().snapshot().reading().pauses().paused()).isTrue();
			assertThat(pair.left().snapshot().writing().pauses().paused()).isTrue();
			assertThat(pair.right().reader().read()).hasSize(1_000_000);
			writing.get(5, TimeUnit.SECONDS);
		}
	}

	/** A writer whose buffer is paused and whose peer does not read. */
	private CompletableFuture<StreamWriter> stalledWriter() throws IOException {
		CompletableFuture<StreamWriter> stalled = new CompletableFuture<>();
		this.network.with((options) -> options.sendBuffer(8192).waterMarks(WaterMarks.high(1 << 30)));
		this.network.connectRaw(this.network.serve((reader, writer) -> {
			for (int i = 0; i < 40; i++) {
				writer.write(new byte[10_000]);
			}
			writer.transport().setWriteBufferLimits(WaterMarks.DEFAULT);
			stalled.complete(writer);
			this.done.await();
		}), 8192);
		return stalled;
	}

	private static Throwable failureOf(Call call) {
		try {
			call.run();
			return null;
		}
		catch (Exception ex) {
			return ex;
		}
	}

	/** Something that may fail. */
	@FunctionalInterface
	private interface Call {

		void run() throws Exception;

	}

}
