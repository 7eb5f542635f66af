package io.streams.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * What a transport calls: once {@link #connectionMade}, then {@link #dataReceived} any
 * number of times, {@link #eofReceived} at most once, and last {@link #connectionLost},
 * exactly once.
 * <p>
 * Those, and {@link #lingering}, are called on the transport's event loop, one after the
 * other, and must not block. {@link #pauseWriting} and {@link #resumeWriting} strictly
 * alternate; they are called by whichever thread filled or emptied the write buffer, with
 * the transport's lock held, so they must neither block nor wait for another thread. What
 * those two throw is logged, and the connection goes on.
 * <p>
 * asyncio counterpart: {@code asyncio.Protocol}.
 *
 * @since 0.1
 */
public interface Protocol {

	/**
	 * The connection stands.
	 * @param transport the transport, for this protocol alone
	 */
	void connectionMade(Transport transport);

	/**
	 * Bytes came in.
	 * @param data the bytes from position to limit; valid only during the call, because
	 * the loop uses the buffer again
	 */
	void dataReceived(ByteBuffer data);

	/**
	 * The peer ended its side and will send no more.
	 * @return {@code true} to keep the own side open for writing (half-close),
	 * {@code false} to have the transport closed
	 */
	boolean eofReceived();

	/** The write buffer went above its high-water mark. */
	void pauseWriting();

	/** The write buffer sank to its low-water mark or below. */
	void resumeWriting();

	/**
	 * A close has sent everything: nothing more will be received, and the connection is
	 * gone as soon as the peer ends its side as well, or the linger timeout has passed.
	 * Called on the event loop, at most once, before {@link #connectionLost}.
	 */
	default void lingering() {
	}

	/**
	 * Returns how many bytes this protocol, and those above it, hold of what was received
	 * and of what is to be sent. Called on the event loop.
	 * @return bytes, 0 or more
	 */
	default long bufferedBytes() {
		return 0;
	}

	/**
	 * The connection is gone.
	 * @param cause why, or {@code null} if it was closed in good order or aborted here
	 */
	void connectionLost(@Nullable IOException cause);

	/**
	 * Bytes left for the peer; a hint for counters. Called by whichever thread sent them,
	 * with the transport's lock held.
	 * @param count how many bytes the system took
	 */
	default void bytesSent(long count) {
	}

}
