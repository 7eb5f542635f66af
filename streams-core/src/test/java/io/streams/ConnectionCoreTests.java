package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;

import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A connection over a transport that is none.
 */
class ConnectionCoreTests {

	@Test
	void anEndThatCannotBeLoggedIsAnEnd() {
		RecordingListener events = new RecordingListener();
		StreamReaderProtocol protocol = new StreamReaderProtocol(new StreamReader(), events, (connection) -> {
		});
		protocol.connectionMade(new RecordingTransport() {
			@Override
			public TransportInfo info() {
				return new TransportInfo(null, new UnspeakableAddress(), Map.of());
			}
		});
		IOException cause = new ConnectionTimeoutException(Phase.WRITE_STALL, Duration.ofSeconds(1));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> protocol.connectionLost(cause));
		assertThat(protocol.connection().isClosed()).isTrue();
		assertThat(protocol.connection().writer().waitClosedAsync()).isCompletedExceptionally();
		assertThat(events.closeReasons()).containsExactly(CloseReason.WRITE_STALL_TIMEOUT);
	}

	/** One that fails when it is asked what it is. */
	private static final class UnspeakableAddress extends SocketAddress {

		@Override
		public String toString() {
			throw new UnsupportedOperationException("toString");
		}

	}

}
