package io.streams.nio;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NioErrors}.
 */
class NioErrorsTests {

	@Test
	void typesFollowTheTextsOfTheJdk() {
		assertThat(error(new ConnectException("Connection refused"))).isEqualTo(SocketError.CONNECTION_REFUSED);
		assertThat(error(new SocketException("Connection reset"))).isEqualTo(SocketError.CONNECTION_RESET);
		assertThat(error(new IOException("Broken pipe"))).isEqualTo(SocketError.CONNECTION_RESET);
		assertThat(error(new IOException("Connection reset by peer"))).isEqualTo(SocketError.CONNECTION_RESET);
		assertThat(error(new BindException("Address already in use"))).isEqualTo(SocketError.ADDRESS_IN_USE);
		assertThat(error(new BindException("Cannot assign requested address")))
			.isEqualTo(SocketError.ADDRESS_NOT_AVAILABLE);
		assertThat(error(new BindException("Permission denied"))).isEqualTo(SocketError.PERMISSION_DENIED);
		assertThat(error(new SocketException("No such file or directory"))).isEqualTo(SocketError.NO_SUCH_FILE);
		assertThat(error(new SocketException("Resource temporarily unavailable")))
			.isEqualTo(SocketError.TEMPORARILY_UNAVAILABLE);
		assertThat(error(new SocketException("Invalid argument"))).isEqualTo(SocketError.INVALID_ARGUMENT);
	}

	@Test
	void causeAndTextAreKept() {
		ConnectException cause = new ConnectException("Connection refused");
		assertThat(NioErrors.typed(cause)).hasCause(cause).hasMessage("Connection refused");
	}

	@Test
	void otherFailuresStayAsTheyAre() {
		for (IOException failure : new IOException[] { new ClosedChannelException(), new SocketException(),
				new ConnectException("Connection timed out"), new IOException("Too many open files") }) {
			assertThat(NioErrors.typed(failure)).isSameAs(failure);
		}
	}

	private static SocketError error(IOException failure) {
		return SocketErrorException.errorOf(NioErrors.typed(failure));
	}

}
