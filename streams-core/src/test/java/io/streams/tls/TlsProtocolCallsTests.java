package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.streams.StreamReaderProtocol;
import io.streams.flow.WaterMarks;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * Calls of the protocol above TLS from threads that fill or empty the write buffer.
 */
@Timeout(30)
class TlsProtocolCallsTests {

	private static final int MIB = 1024 * 1024;

	/** More than both layers hold before the protocol is paused. */
	private static final int MUCH = 4 * MIB;

	@ParameterizedTest
	@CsvSource({ "TLSv1.2,pause", "TLSv1.2,resume", "TLSv1.2,sent", "TLSv1.3,pause", "TLSv1.3,resume", "TLSv1.3,sent" })
	void writeSendsAllBytesWhenTheProtocolThrows(String version, String failing) throws Exception {
		Recorder client = new Recorder(failing);
		StreamReaderProtocol server = TlsPair.newProtocol();
		TlsPair.open(version, 64 * 1024, client, server, UnaryOperator.identity());
		Transport transport = client.made.join();
		assertThatNoException().isThrownBy(() -> transport.write(new byte[MUCH], 0, MUCH));
		assertThat(server.connection().reader().readExactly(MUCH)).hasSize(MUCH);
		await().until(() -> client.calls.contains("resume"));
		assertThat(client.calls).contains(failing);
		server.connection().abort();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void resumeWritingIsNotCalledAfterConnectionLost(String version) throws Exception {
		Recorder client = new Recorder("nothing");
		StreamReaderProtocol server = TlsPair.newProtocol();
		TlsPair.open(version, 64 * 1024, client, server, UnaryOperator.identity());
		Transport transport = client.made.join();
		transport.write(new byte[MUCH], 0, MUCH);
		assertThat(client.calls).contains("pause");
		transport.abort();
		await().until(() -> client.calls.contains("lost"));
		transport.setWriteBufferLimits(WaterMarks.high(2 * MUCH));
		transport.flush();
		CompletableFuture.runAsync(() -> {
		}, transport.loop()).join();
		assertThat(client.calls).endsWith("lost");
		server.connection().abort();
	}

	/** Notes each kind of call, and throws in one of them. */
	private static final class Recorder implements Protocol {

		final List<String> calls = new CopyOnWriteArrayList<>();

		final CompletableFuture<Transport> made = new CompletableFuture<>();

		private final String failing;

		Recorder(String failing) {
			this.failing = failing;
		}

		private void note(String call) {
			this.calls.add(call);
			if (call.equals(this.failing)) {
				throw new IllegalStateException("the protocol's own fault");
			}
		}

		@Override
		public void connectionMade(Transport transport) {
			this.made.complete(transport);
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			note("data");
		}

		@Override
		public boolean eofReceived() {
			return true;
		}

		@Override
		public void pauseWriting() {
			note("pause");
		}

		@Override
		public void resumeWriting() {
			note("resume");
		}

		@Override
		public void bytesSent(long count) {
			note("sent");
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
			note("lost");
		}

	}

}
