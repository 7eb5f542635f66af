package io.streams.loop;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureText}.
 */
class FailureTextTests {

	@Test
	void failureOfFileHasReasonBesidePath() {
		assertThat(FailureText.of(new AccessDeniedException("/run/x"))).isEqualTo("permission denied: /run/x");
		assertThat(FailureText.of(new NoSuchFileException("/run/x"))).isEqualTo("no such file or directory: /run/x");
		assertThat(FailureText.of(new FileSystemException("/run/x", null, "Read-only file system")))
			.isEqualTo("/run/x: Read-only file system");
	}

	@Test
	void failureWithoutMessageIsNamed() {
		assertThat(FailureText.of(new UnresolvedAddressException())).isEqualTo("unknown host");
		assertThat(FailureText.of(new ClosedChannelException())).isEqualTo("ClosedChannelException");
	}

	@Test
	void missingZoneIsNamed() {
		SocketErrorException invalid = new SocketErrorException(SocketError.INVALID_ARGUMENT, "Invalid argument", null);
		assertThat(FailureText.of(invalid, new InetSocketAddress("fe80::1", 1))).contains("add the zone");
		assertThat(FailureText.of(invalid, new InetSocketAddress("::1", 1))).isEqualTo("Invalid argument");
	}

}
