package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamReaderProtocol;
import io.streams.buffer.SegmentPool;
import io.streams.memory.MemoryEnd;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * {@link TlsTransport} over memory: no socket, every way to cut the bytes.
 */
@Tag("slow")
@Timeout(60)
class TlsTransportTests {

	private static final int MIB = 1024 * 1024;

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	@ParameterizedTest(name = "{0}, chunks of {1}")
	@CsvSource({ "TLSv1.2,1", "TLSv1.2,2", "TLSv1.2,3", "TLSv1.2,7", "TLSv1.2,1460", "TLSv1.2,16384",
			"TLSv1.2,2147483647", "TLSv1.3,1", "TLSv1.3,2", "TLSv1.3,3", "TLSv1.3,7", "TLSv1.3,1460", "TLSv1.3,16384",
			"TLSv1.3,2147483647" })
	void aMebibyteEachWayArrivesAsItWasSent(String version, int chunk) throws Exception {
		try (TlsPair pair = TlsPair.open(version, chunk, UnaryOperator.identity())) {
			CompletableFuture<String> there = receive(pair.server(), MIB);
			CompletableFuture<String> back = receive(pair.client(), MIB);
			CompletableFuture<String> sentThere = send(pair.client(), 1);
			CompletableFuture<String> sentBack = send(pair.server(), 2);
			assertThat(there.get()).isEqualTo(sentThere.get());
			assertThat(back.get()).isEqualTo(sentBack.get());
		}
	}

	@ParameterizedTest(name = "{0}")
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aSessionMayBeCutAtEachOfItsBytes(String version) throws Exception {
		long[] lengths = converse(version, Long.MAX_VALUE);
		for (long offset = 1; offset < Math.max(lengths[0], lengths[1]); offset++) {
			converse(version, offset);
		}
	}

	/** A hello, three records each way, a goodbye; both inputs are cut at an offset. */
	private static long[] converse(String version, long offset) throws Exception {
		List<CutProtocol> cuts = new ArrayList<>();
		UnaryOperator<Protocol> cut = (protocol) -> {
			cuts.add(new CutProtocol(protocol, offset));
			return cuts.getLast();
		};
		try (TlsPair pair = TlsPair.open(version, 64 * 1024, cut)) {
			for (int i = 0; i < 3; i++) {
				pair.client().writer().write(new byte[] { 'a', (byte) i });
				pair.client().writer().flush();
				assertThat(pair.server().reader().readExactly(2)).as("cut at %s", offset).containsExactly('a', i);
				pair.server().writer().write(new byte[] { 'b', (byte) i });
				pair.server().writer().flush();
				assertThat(pair.client().reader().readExactly(2)).as("cut at %s", offset).containsExactly('b', i);
			}
			pair.client().close();
			assertThat(pair.server().reader().read()).as("cut at %s", offset).isEmpty();
		}
		return new long[] { cuts.get(0).seen, cuts.get(1).seen };
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("brokenEngines")
	void anEngineThatMakesNoProgressIsGivenUp(String what, Consumer<ScriptedEngine> script) throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		script.accept(engine);
		CompletableFuture<Transport> handshake = runScripted(engine);
		assertThatThrownBy(() -> handshake.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
			.cause()
			.isInstanceOf(IOException.class);
		// One more for the close_notify that is tried afterwards.
		assertThat(engine.calls).hasValueLessThanOrEqualTo(12);
	}

	static Stream<Arguments> brokenEngines() {
		return Stream.of(broken("wrap gives OK, 0, 0 for ever", (engine) -> {
		}), broken("wrap overflows for ever",
				(engine) -> engine.wrap = (source, target) -> ScriptedEngine.result(Status.BUFFER_OVERFLOW,
						HandshakeStatus.NEED_WRAP, 0, 0)),
				broken("unwrap gives OK, 0, 0 for ever", (engine) -> engine.status = () -> HandshakeStatus.NEED_UNWRAP),
				broken("unwrap again for ever", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_UNWRAP;
					engine.unwrap = (source, target) -> ScriptedEngine.result(Status.OK,
							HandshakeStatus.NEED_UNWRAP_AGAIN, 0, 0);
				}), broken("unwrap overflows for ever", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_UNWRAP;
					engine.unwrap = (source, target) -> ScriptedEngine.result(Status.BUFFER_OVERFLOW,
							HandshakeStatus.NEED_UNWRAP, 0, 0);
				}), broken("a whole record underflows", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_UNWRAP;
					engine.unwrap = (source, target) -> ScriptedEngine.result(Status.BUFFER_UNDERFLOW,
							HandshakeStatus.NEED_UNWRAP, 0, 0);
				}),
				broken("tasks are needed and there are none",
						(engine) -> engine.status = () -> HandshakeStatus.NEED_TASK),
				broken("a task throws", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_TASK;
					engine.task = () -> () -> {
						throw new IllegalStateException("the task's own fault");
					};
				}), broken("wrap throws", (engine) -> engine.wrap = (source, target) -> {
					throw new ProviderException("the token was pulled out");
				}), broken("unwrap throws", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_UNWRAP;
					engine.unwrap = (source, target) -> {
						throw new ProviderException("the token was pulled out");
					};
				}), broken("closed both ways", (engine) -> {
					engine.status = () -> HandshakeStatus.NEED_UNWRAP;
					engine.closed = () -> engine.calls.get() > 0;
					engine.unwrap = (source, target) -> ScriptedEngine.result(Status.CLOSED,
							HandshakeStatus.NOT_HANDSHAKING, 0, 0);
				}));
	}

	private static Arguments broken(String what, Consumer<ScriptedEngine> script) {
		return arguments(what, script);
	}

	@Test
	void aHandshakeThatIsFinishedTwiceIsOneConnection() throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		AtomicInteger wraps = new AtomicInteger();
		engine.status = () -> (wraps.get() < 2) ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
		engine.wrap = (source, target) -> {
			wraps.incrementAndGet();
			target.put((byte) 1);
			return ScriptedEngine.result(Status.OK, HandshakeStatus.FINISHED, 0, 1);
		};
		AtomicInteger made = new AtomicInteger();
		runScripted(engine, (connection) -> made.incrementAndGet()).get(5, TimeUnit.SECONDS);
		assertThat(made).hasValue(1);
	}

	@Test
	void anEngineThatTakesDataAndThenNoneFailsTheConnection() throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		AtomicInteger wraps = new AtomicInteger();
		engine.status = () -> (wraps.get() == 0) ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
		engine.wrap = (source, target) -> {
			if (wraps.getAndIncrement() == 0) {
				target.put((byte) 1);
				return ScriptedEngine.result(Status.OK, HandshakeStatus.FINISHED, 0, 1);
			}
			return ScriptedEngine.result(Status.BUFFER_OVERFLOW, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
		};
		engine.unwrap = (source, target) -> {
			int length = source.remaining();
			source.position(source.limit());
			return ScriptedEngine.result(Status.OK, HandshakeStatus.NOT_HANDSHAKING, length, 0);
		};
		CompletableFuture<StreamConnection> made = new CompletableFuture<>();
		runScripted(engine, made::complete).get(5, TimeUnit.SECONDS);
		StreamConnection connection = made.get();
		connection.writer().write(new byte[10]);
		assertThatThrownBy(() -> connection.reader().read()).isInstanceOf(SSLException.class)
			.hasMessageContaining("takes no more data");
		assertThat(engine.calls).hasValueLessThanOrEqualTo(6);
	}

	@Test
	void whatAProviderThrowsFailsTheConnectionAndNotWhoeverWrites() throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		AtomicInteger wraps = new AtomicInteger();
		engine.status = () -> (wraps.get() == 0) ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
		engine.wrap = (source, target) -> {
			if (wraps.getAndIncrement() == 0) {
				target.put((byte) 1);
				return ScriptedEngine.result(Status.OK, HandshakeStatus.FINISHED, 0, 1);
			}
			throw new ProviderException("the token was pulled out");
		};
		engine.unwrap = (source, target) -> {
			int length = source.remaining();
			source.position(source.limit());
			return ScriptedEngine.result(Status.OK, HandshakeStatus.NOT_HANDSHAKING, length, 0);
		};
		CompletableFuture<StreamConnection> made = new CompletableFuture<>();
		runScripted(engine, made::complete).get(5, TimeUnit.SECONDS);
		StreamConnection connection = made.get();
		connection.writer().write(new byte[10]);
		connection.writer().flush();
		assertThatThrownBy(() -> connection.reader().read()).isInstanceOf(SSLException.class)
			.hasRootCauseInstanceOf(ProviderException.class);
		await().until(connection::isClosed);
	}

	/** The last word of the handshake is said after a task, and not for an event. */
	@Test
	void aProtocolThatFailsAfterATaskEndsTheConnection() throws Exception {
		MemoryEnd[] ends = MemoryEnd.pair(64 * 1024);
		StreamReaderProtocol refusing = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE,
				(connection) -> {
					throw new IllegalStateException("no thread is left for it");
				});
		StreamReaderProtocol peer = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
		});
		TlsOptions options = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of("TLSv1.3")).build();
		TlsTransport client = TlsTransport.client(options, "localhost", 443, refusing, HandshakeListener.NONE);
		ends[1].open(TlsTransport.server(SERVER, peer, HandshakeListener.NONE));
		ends[0].open(client);
		assertThatThrownBy(() -> client.handshake().get(5, TimeUnit.SECONDS))
			.hasStackTraceContaining("no thread is left for it");
	}

	@Test
	void goodbyesMayCross() throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		AtomicInteger wraps = new AtomicInteger();
		engine.status = () -> (wraps.get() == 0) ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
		engine.wrap = (source, target) -> {
			wraps.incrementAndGet();
			target.put((byte) 1);
			return ScriptedEngine.result(Status.OK, HandshakeStatus.FINISHED, 0, 1);
		};
		CompletableFuture<StreamConnection> made = new CompletableFuture<>();
		engine.unwrap = (source, target) -> {
			int length = source.remaining();
			source.position(source.limit());
			// As another thread does while the peer's last record is decrypted
			made.join().writer().close();
			return ScriptedEngine.result(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, length, 0);
		};
		runScripted(engine, made::complete).get(5, TimeUnit.SECONDS);
		made.get().writer().waitClosed();
		assertThat(wraps).as("the own goodbye").hasValueGreaterThan(1);
	}

	/** To whoever only writes, a peer that has ended its side may be there for long. */
	@Test
	void whatComesAfterAGoodbyeIsNotKept() throws Exception {
		try (TlsPair pair = TlsPair.open("TLSv1.3", 64 * 1024, UnaryOperator.identity())) {
			pair.client().writer().writeEof();
			assertThat(pair.server().reader().read()).isEmpty();
			long before = SegmentPool.segmentsInUse();
			for (int i = 0; i < 100; i++) {
				pair.belowClient().write(ByteBuffer.allocate(64 * 1024));
				pair.belowClient().flush();
				await().until(() -> pair.belowClient().writeBufferSize() == 0);
			}
			assertThat(SegmentPool.segmentsInUse()).isLessThanOrEqualTo(before + 8);
			pair.server().writer().write("goes on\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(pair.client().reader().readLine()).asString().isEqualTo("goes on\n");
		}
	}

	@Test
	void anEmptyRecordWakesNobody() throws Exception {
		ScriptedEngine engine = new ScriptedEngine(realEngine());
		AtomicInteger unwraps = new AtomicInteger();
		AtomicInteger wraps = new AtomicInteger();
		engine.status = () -> (wraps.get() == 0) ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
		engine.wrap = (source, target) -> {
			wraps.incrementAndGet();
			target.put((byte) 1);
			return ScriptedEngine.result(Status.OK, HandshakeStatus.FINISHED, 0, 1);
		};
		engine.unwrap = (source, target) -> {
			int length = source.remaining();
			source.position(source.limit());
			unwraps.incrementAndGet();
			return ScriptedEngine.result(Status.OK, HandshakeStatus.NOT_HANDSHAKING, length, 0);
		};
		AtomicInteger told = new AtomicInteger();
		StreamListener listener = new StreamListener() {

			@Override
			public void bytesReceived(StreamConnection connection, int count) {
				told.incrementAndGet();
			}

		};
		CompletableFuture<StreamConnection> made = new CompletableFuture<>();
		StreamReaderProtocol upper = new StreamReaderProtocol(new StreamReader(), listener, made::complete);
		MemoryEnd[] ends = MemoryEnd.pair(64 * 1024);
		ends[1].open(new TlsTransport(engine, SERVER, upper, HandshakeListener.NONE));
		StreamReaderProtocol peer = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
		});
		ends[0].open(peer);
		int records = 100_000;
		ByteBuffer flood = ByteBuffer.allocate(6 * records);
		for (int i = 0; i < records; i++) {
			flood.put(new byte[] { 23, 3, 3, 0, 1, 0 });
		}
		peer.connection().writer().write(flood.flip());
		peer.connection().writer().drain();
		await().until(() -> unwraps.get() == records);
		assertThat(told).hasValue(0);
		assertThat(made.get().writer().isClosing()).isFalse();
	}

	private static SSLEngine realEngine() {
		return TlsEngines.server(SERVER);
	}

	private static CompletableFuture<Transport> runScripted(ScriptedEngine engine) throws Exception {
		return runScripted(engine, (connection) -> {
		});
	}

	/** The peer of the engine under test is one that says something like a record. */
	private static CompletableFuture<Transport> runScripted(ScriptedEngine engine, Consumer<StreamConnection> connected)
			throws Exception {
		MemoryEnd[] ends = MemoryEnd.pair(64 * 1024);
		StreamReaderProtocol upper = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, connected);
		TlsTransport tested = new TlsTransport(engine, SERVER, upper, HandshakeListener.NONE);
		StreamReaderProtocol peer = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
		});
		ends[1].open(peer);
		ends[0].open(tested);
		peer.connection().writer().write(new byte[] { 22, 3, 3, 0, 4, 1, 2, 3, 4 });
		peer.connection().writer().flush();
		return tested.handshake();
	}

	private static CompletableFuture<String> receive(StreamConnection connection, int length) {
		return onVirtualThread(() -> {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (int left = length; left > 0;) {
				byte[] data = connection.reader().read(Math.min(left, 64 * 1024));
				if (data.length == 0) {
					throw new IOException("the input ended, " + left + " bytes short");
				}
				digest.update(data);
				left -= data.length;
			}
			return HexFormat.of().formatHex(digest.digest());
		});
	}

	/** Sends a mebibyte in writes of random lengths. */
	private static CompletableFuture<String> send(StreamConnection connection, long seed) {
		return onVirtualThread(() -> {
			Random random = new Random(seed);
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (int left = MIB; left > 0;) {
				byte[] data = new byte[Math.min(left, 1 + random.nextInt(40_000))];
				random.nextBytes(data);
				digest.update(data);
				connection.writer().write(data);
				connection.writer().drain();
				left -= data.length;
			}
			return HexFormat.of().formatHex(digest.digest());
		});
	}

	private static <T> CompletableFuture<T> onVirtualThread(java.util.concurrent.Callable<T> work) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return work.call();
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		}, (task) -> Thread.ofVirtual().start(task));
	}

	/** Hands bytes over in two parts where the stream passes an offset. */
	private static final class CutProtocol implements Protocol {

		private final Protocol delegate;

		private final long offset;

		private volatile long seen;

		CutProtocol(Protocol delegate, long offset) {
			this.delegate = delegate;
			this.offset = offset;
		}

		@Override
		public void connectionMade(Transport transport) {
			this.delegate.connectionMade(transport);
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			long left = this.offset - this.seen;
			this.seen += data.remaining();
			if (left > 0 && left < data.remaining()) {
				int end = data.limit();
				this.delegate.dataReceived(data.limit(data.position() + (int) left));
				data.limit(end);
			}
			this.delegate.dataReceived(data);
		}

		@Override
		public boolean eofReceived() {
			return this.delegate.eofReceived();
		}

		@Override
		public void pauseWriting() {
			this.delegate.pauseWriting();
		}

		@Override
		public void resumeWriting() {
			this.delegate.resumeWriting();
		}

		@Override
		public void bytesSent(long count) {
			this.delegate.bytesSent(count);
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
			this.delegate.connectionLost(cause);
		}

	}

}
