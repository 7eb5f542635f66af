package io.streams.epoll;

import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Errno}.
 */
@Tag("epoll")
class ErrnoTests {

	@Test
	void exceptionsKeepTheReasonOfTheNumber() {
		assertThat(error(111)).isEqualTo(SocketError.CONNECTION_REFUSED);
		assertThat(error(104)).isEqualTo(SocketError.CONNECTION_RESET);
		assertThat(error(32)).isEqualTo(SocketError.CONNECTION_RESET);
		assertThat(error(98)).isEqualTo(SocketError.ADDRESS_IN_USE);
		assertThat(error(99)).isEqualTo(SocketError.ADDRESS_NOT_AVAILABLE);
		assertThat(error(97)).isEqualTo(SocketError.FAMILY_NOT_SUPPORTED);
		assertThat(error(13)).isEqualTo(SocketError.PERMISSION_DENIED);
		assertThat(error(1)).isEqualTo(SocketError.PERMISSION_DENIED);
		assertThat(error(2)).isEqualTo(SocketError.NO_SUCH_FILE);
		assertThat(error(11)).isEqualTo(SocketError.TEMPORARILY_UNAVAILABLE);
		assertThat(error(22)).isEqualTo(SocketError.INVALID_ARGUMENT);
		assertThat(error(24)).isEqualTo(SocketError.OTHER);
	}

	@Test
	void typesOfTheJdkAreKept() {
		assertThat(Errno.exception(111)).hasCauseInstanceOf(ConnectException.class);
		assertThat(Errno.exception(98)).hasCauseInstanceOf(BindException.class);
		assertThat(Errno.exception(110)).isInstanceOf(ConnectException.class);
		assertThat(Errno.exception(113)).isInstanceOf(NoRouteToHostException.class);
	}

	private static SocketError error(int number) {
		return SocketErrorException.errorOf(Errno.exception(number));
	}

}
