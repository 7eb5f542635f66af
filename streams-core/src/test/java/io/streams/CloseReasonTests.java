package io.streams;

import java.io.IOException;
import java.time.Duration;

import javax.net.ssl.SSLException;

import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reason of an end, out of what was noted and of what the transport reports.
 */
class CloseReasonTests {

	private static final IOException FAILURE = new IOException("test");

	@Test
	void anEndWithoutAReasonIsOneOfTheTransport() {
		assertThat(CloseReason.of(null, false, null)).isEqualTo(CloseReason.CLOSED);
		assertThat(CloseReason.of(null, false, FAILURE)).isEqualTo(CloseReason.IO_ERROR);
		assertThat(CloseReason.of(null, false, new ConnectionResetException("test", null)))
			.isEqualTo(CloseReason.RESET);
		assertThat(CloseReason.of(null, false, new SSLException("test"))).isEqualTo(CloseReason.TLS_ERROR);
	}

	@ParameterizedTest
	@EnumSource(Phase.class)
	void aTimeoutIsMoreThanTheFirstReason(Phase phase) {
		IOException timeout = new ConnectionTimeoutException(phase, Duration.ofSeconds(1));
		assertThat(CloseReason.of(CloseReason.CLOSED, false, timeout).text()).endsWith("-timeout");
		assertThat(CloseReason.of(CloseReason.SLOW_CONSUMER, false, timeout)).isEqualTo(CloseReason.SLOW_CONSUMER);
	}

	@Test
	void aStopIsMoreThanTheFirstReasonUnlessItCutTheConnectionOff() {
		assertThat(CloseReason.of(CloseReason.HANDLER_FINISHED, true, null)).isEqualTo(CloseReason.SERVER_STOPPED);
		assertThat(CloseReason.of(CloseReason.HANDLER_FINISHED, false, FAILURE))
			.isEqualTo(CloseReason.HANDLER_FINISHED);
		assertThat(CloseReason.of(CloseReason.SERVER_STOP_FORCED, true, FAILURE))
			.isEqualTo(CloseReason.SERVER_STOP_FORCED);
	}

}
