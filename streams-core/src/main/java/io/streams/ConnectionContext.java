package io.streams;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Whose connections they are: a server's, or those of whoever opened one. Hears on the
 * event loop when one comes and goes; what it knows of them all, any thread may ask.
 */
interface ConnectionContext {

	/** The server's name, or {@code null} for a client. */
	default @Nullable String serverName() {
		return null;
	}

	/** Hears what happens; what it throws does no harm. */
	StreamListener listener();

	/** What becomes of peers that take too little. */
	default SlowConsumerPolicy slowConsumers() {
		return SlowConsumerPolicy.waitForever();
	}

	/** How long a peer must be silent before a stop ends a read that waits for it. */
	default Duration quietPeriod() {
		return Duration.ZERO;
	}

	/** A connection stands; asyncio's {@code client_connected_cb}. */
	void opened(StreamConnection connection);

	/** A connection that stood is gone. */
	default void gone(StreamConnection connection) {
	}

}
