package io.streams;

import java.io.IOException;
import java.time.Duration;

import io.streams.tls.HandshakeListener;
import io.streams.transport.ConnectionTimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener how a handshake ended, and logs a failure in one line: what a peer can
 * bring about by connecting is no cause for alarm.
 */
class HandshakeReport implements HandshakeListener {

	private static final Logger logger = LoggerFactory.getLogger("io.streams.tls");

	private final @Nullable StreamServer server;

	private final StreamListener listener;

	HandshakeReport(@Nullable StreamServer server, StreamListener listener) {
		this.server = server;
		this.listener = listener;
	}

	@Override
	public void handshakeSucceeded(Duration time) {
		this.listener.handshakeFinished(this.server, HandshakeOutcome.SUCCEEDED, time, null);
	}

	@Override
	public void peerSentNothing(Duration time, IOException cause) {
		if (this.server == null) {
			handshakeFailed(time, cause);
			return;
		}
		logger.debug("Server '{}' was probed: a client left after {} ms without a byte of a TLS handshake",
				this.server.name(), time.toMillis());
		this.listener.handshakeFinished(this.server, HandshakeOutcome.PROBE, time, cause);
	}

	@Override
	public void handshakeFailed(Duration time, IOException cause) {
		HandshakeOutcome outcome = (cause instanceof ConnectionTimeoutException) ? HandshakeOutcome.TIMED_OUT
				: HandshakeOutcome.FAILED;
		logger.debug("TLS handshake {} after {} ms: {}", outcome.text(), time.toMillis(),
				HandshakeFailureText.of(cause));
		this.listener.handshakeFinished(this.server, outcome, time, cause);
	}

}
