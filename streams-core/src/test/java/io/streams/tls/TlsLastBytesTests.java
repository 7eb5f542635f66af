package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

import io.streams.StreamConnection;
import io.streams.StreamReaderProtocol;
import io.streams.flow.WaterMarks;
import io.streams.memory.MemoryEnd;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Bytes that the transport below received before the connection broke: the protocol above
 * TLS receives all of them, and then the error.
 */
@Timeout(30)
class TlsLastBytesTests {

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	private static final int RECORDS = 200;

	@ParameterizedTest
	@CsvSource({ "TLSv1.2,1,false", "TLSv1.2,300000,false", "TLSv1.3,1,false", "TLSv1.3,300000,false",
			"TLSv1.2,300000,true", "TLSv1.3,300000,true" })
	void bytesThatComeRightBeforeTheLossAreRead(String version, int length, boolean goodbye) throws Exception {
		List<Holder> holders = new ArrayList<>();
		UnaryOperator<Protocol> between = (protocol) -> {
			holders.add(new Holder(protocol));
			return holders.getLast();
		};
		try (TlsPair pair = TlsPair.open(version, 8192, between)) {
			Holder server = holders.getFirst();
			server.holding = true;
			pair.client().writer().write(new byte[length]);
			pair.client().writer().flush();
			if (goodbye) {
				pair.client().writer().close();
				await().until(() -> server.hasEnd);
			}
			await()
				.until(() -> server.held.remaining() > 0 && pair.client().writer().transport().writeBufferSize() == 0);
			awaitTurn(pair.belowServer());
			awaitTurn(pair.belowServer());
			pair.server().writer().transport().pauseReading();
			ConnectionResetException reset = new ConnectionResetException("the test's reset", null);
			pair.belowServer().loop().execute(() -> server.lose(reset));
			assertThat(pair.server().reader().readExactly(length)).hasSize(length);
			if (goodbye) {
				assertThat(pair.server().reader().read()).isEmpty();
			}
			else {
				assertThatThrownBy(() -> pair.server().reader().read()).isInstanceOf(ConnectionResetException.class);
			}
		}
	}

	/** Two turns after the last send, the socket in memory has been read. */
	private static void awaitTurn(Transport transport) throws Exception {
		CompletableFuture.runAsync(() -> {
		}, transport.loop()).get(5, TimeUnit.SECONDS);
	}

	@Test
	void bytesBehindAPileOfAnswersAreReadBeforeTheError() throws Exception {
		Piled piled = new Piled();
		ConnectionResetException reset = new ConnectionResetException("the test's reset", null);
		piled.below.loop().execute(() -> piled.tested.connectionLost(reset));
		assertThat(piled.connection().reader().readExactly(RECORDS)).hasSize(RECORDS);
		assertThatThrownBy(() -> piled.connection().reader().read()).isInstanceOf(ConnectionResetException.class);
	}

	@Test
	void bytesBehindAPileOfAnswersAreReadBeforeATruncation() throws Exception {
		Piled piled = new Piled();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		piled.below.loop().execute(() -> ended.complete(piled.tested.eofReceived()));
		assertThat(piled.connection().reader().readExactly(RECORDS)).hasSize(RECORDS);
		// The last byte is read before the end is noted: an abort in between is the
		// reason.
		assertThat(ended.get(5, TimeUnit.SECONDS)).isTrue();
		piled.below.abort();
		assertThatThrownBy(() -> piled.connection().reader().read()).isInstanceOf(TlsTruncatedException.class);
	}

	@Test
	void aProtocolThatThrowsOverTheLastBytesIsToldOfTheLoss() throws Exception {
		CompletableFuture<@Nullable IOException> lost = new CompletableFuture<>();
		Piled piled = new Piled();
		piled.below.loop().execute(() -> {
			piled.tested.setProtocol(new Throwing(lost));
			piled.tested.connectionLost(new ConnectionResetException("the test's reset", null));
		});
		assertThat(lost.get(5, TimeUnit.SECONDS)).hasRootCauseMessage("the protocol's own fault");
		piled.below.abort();
	}

	/**
	 * A connection whose peer has asked so many questions that no more records are taken
	 * until answers are sent; one byte of data comes with each.
	 */
	private static final class Piled {

		final Transport below;

		final TlsTransport tested;

		private final StreamReaderProtocol upper = TlsPair.newProtocol();

		Piled() throws Exception {
			AtomicInteger questions = new AtomicInteger(1);
			AtomicInteger answers = new AtomicInteger();
			ScriptedEngine engine = new ScriptedEngine(TlsEngines.server(SERVER));
			engine.status = () -> (answers.get() < questions.get()) ? HandshakeStatus.NEED_WRAP
					: HandshakeStatus.NOT_HANDSHAKING;
			engine.wrap = (source, target) -> {
				boolean first = answers.getAndIncrement() == 0;
				target.put(new byte[100]);
				return ScriptedEngine.result(Status.OK,
						first ? HandshakeStatus.FINISHED : HandshakeStatus.NOT_HANDSHAKING, 0, 100);
			};
			engine.agreeOnTls13();
			engine.unwrap = (source, target) -> {
				questions.incrementAndGet();
				int length = source.remaining();
				source.position(source.limit());
				target.put((byte) 'x');
				return ScriptedEngine.result(Status.OK, HandshakeStatus.NEED_WRAP, length, 1);
			};
			MemoryEnd[] ends = MemoryEnd.pair(64 * 1024);
			this.tested = new TlsTransport(engine, SERVER, this.upper, HandshakeListener.NONE);
			StreamReaderProtocol peer = TlsPair.newProtocol();
			ends[1].open(peer).pauseReading();
			this.below = ends[0].open(this.tested);
			this.below.setWriteBufferLimits(WaterMarks.high(8));
			this.tested.setWriteBufferLimits(WaterMarks.high(8));
			ByteBuffer records = ByteBuffer.allocate(6 * RECORDS);
			for (int i = 0; i < RECORDS; i++) {
				records.put(new byte[] { 23, 3, 3, 0, 1, 0 });
			}
			peer.connection().writer().write(records.flip());
			peer.connection().writer().flush();
			await().until(() -> !this.below.isReading());
			assertThat(questions.get()).as("records that were taken").isLessThan(RECORDS);
		}

		StreamConnection connection() {
			return this.upper.connection();
		}

	}

	/** Holds bytes back, and delivers them right before the loss of the connection. */
	private static class Holder implements Protocol {

		volatile boolean holding;

		volatile ByteBuffer held = ByteBuffer.allocate(0);

		volatile boolean hasEnd;

		private final Protocol delegate;

		private boolean lost;

		Holder(Protocol delegate) {
			this.delegate = delegate;
		}

		void lose(IOException cause) {
			this.holding = false;
			this.lost = true;
			this.delegate.dataReceived(this.held);
			this.delegate.connectionLost(cause);
		}

		@Override
		public void connectionMade(Transport transport) {
			this.delegate.connectionMade(transport);
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			if (!this.holding) {
				this.delegate.dataReceived(data);
				return;
			}
			ByteBuffer all = ByteBuffer.allocate(this.held.remaining() + data.remaining());
			this.held = all.put(this.held).put(data).flip();
		}

		@Override
		public boolean eofReceived() {
			this.hasEnd = true;
			return this.holding || this.delegate.eofReceived();
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
			if (!this.lost) {
				this.delegate.connectionLost(cause);
			}
		}

	}

	/** Takes no bytes. */
	private record Throwing(CompletableFuture<@Nullable IOException> lost) implements Protocol {

		@Override
		public void connectionMade(Transport transport) {
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			throw new IllegalStateException("the protocol's own fault");
		}

		@Override
		public boolean eofReceived() {
			return true;
		}

		@Override
		public void pauseWriting() {
		}

		@Override
		public void resumeWriting() {
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
			this.lost.complete(cause);
		}

	}

}
