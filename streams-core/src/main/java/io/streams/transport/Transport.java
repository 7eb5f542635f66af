package io.streams.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;

import org.jspecify.annotations.Nullable;

/**
 * One connection as a protocol sees it. Every method may be called from any thread, and
 * none blocks.
 * <p>
 * asyncio counterpart: {@code asyncio.Transport}.
 *
 * @since 0.1
 */
public interface Transport {

	/**
	 * What is known about the connection; kept after the connection is gone.
	 * @return the attributes, asyncio's {@code get_extra_info}
	 */
	TransportInfo info();

	/**
	 * Returns the event loop that the connection belongs to.
	 * @return the loop; it stays the same for the life of the connection
	 */
	TransportLoop loop();

	/**
	 * {@return the state of the connection}
	 */
	TransportState state();

	/**
	 * Whether {@link #close} or {@link #abort} was called, or the connection is gone.
	 * @return {@code true} if it is closing or closed
	 */
	default boolean isClosing() {
		return state() != TransportState.OPEN;
	}

	/**
	 * Queues bytes. They are copied, so the array can be used again at once. They leave
	 * at the next {@link #flush()}, when the queue passes its high-water mark, or in the
	 * event loop's next turn, whichever comes first. One call's bytes are never mixed
	 * with another's. Bytes written after the connection was lost are dropped.
	 * @param data where the bytes are
	 * @param offset where they begin
	 * @param length how many they are
	 * @throws IllegalStateException after {@link #writeEof()}
	 */
	void write(byte[] data, int offset, int length);

	/**
	 * Queues a buffer's remaining bytes, as {@link #write(byte[], int, int)} does, and
	 * moves its position to its limit.
	 * @param data the bytes
	 * @throws IllegalStateException after {@link #writeEof()}
	 */
	void write(ByteBuffer data);

	/**
	 * Queues several pieces in order, as {@link #write(byte[], int, int)} does, and
	 * without another writer's bytes between them. A transport that does not override
	 * this method joins them first.
	 * <p>
	 * asyncio counterpart: {@code transport.writelines}.
	 * @param pieces the pieces, which are copied; iterated once, with a lock of the
	 * transport held
	 * @throws IllegalStateException after {@link #writeEof()}
	 */
	default void writeLines(List<byte[]> pieces) {
		int length = 0;
		for (byte[] piece : pieces) {
			length = Math.addExact(length, piece.length);
		}
		ByteBuffer joined = ByteBuffer.allocate(length);
		pieces.forEach(joined::put);
		write(joined.flip());
	}

	/** Hands what is queued to the system, as much as it takes now. */
	void flush();

	/**
	 * Returns whether the peer can go on sending after {@link #writeEof()}.
	 * @return {@code false} for TLS before version 1.3
	 */
	boolean canWriteEof();

	/**
	 * Ends the write side once all queued bytes are sent. Reading goes on for as long as
	 * the peer sends. Does nothing if the connection is closing or closed.
	 * @throws IllegalStateException while a TLS handshake is in progress
	 */
	void writeEof();

	/**
	 * Stops reading from the peer; idempotent.
	 * @throws UnsupportedOperationException if the transport cannot
	 */
	void pauseReading();

	/** Reads from the peer again; idempotent. */
	void resumeReading();

	/**
	 * Whether bytes are being received.
	 * @return {@code false} when paused, at the end of input, or closing
	 */
	boolean isReading();

	/**
	 * Bytes that were written and not yet taken by the system, over all layers of the
	 * transport.
	 * @return a running count, never a sum
	 */
	long writeBufferSize();

	/**
	 * {@return the water marks of the write buffer}
	 */
	WaterMarks writeBufferLimits();

	/**
	 * Replaces the water marks and applies them at once: raising them resumes a paused
	 * writer.
	 * @param marks the new marks
	 */
	void setWriteBufferLimits(WaterMarks marks);

	/**
	 * Bytes that the write buffer may hold before the connection is aborted.
	 * @return the cap over all layers of the transport, or 0 if there is none
	 */
	long maxWriteBuffer();

	/**
	 * How often and how long the write buffer was above its marks.
	 * @return the figures as of now
	 */
	PauseTimes writePauseTimes();

	/**
	 * How long no byte moved in either direction.
	 * @return nanoseconds, to the precision of the event loop's turns
	 */
	long idleNanos();

	/**
	 * {@return the protocol that hears of the connection}
	 */
	Protocol protocol();

	/**
	 * Hands the connection to another protocol, from the next event on. Call it on the
	 * event loop.
	 * @param protocol the new protocol; its {@code connectionMade} is not called
	 */
	void setProtocol(Protocol protocol);

	/**
	 * Stops reading, sends what is queued, then closes. Bounded by the options' close
	 * timeout, after which the rest is dropped and the connection aborted.
	 */
	void close();

	/** Drops what is queued and closes at once; the peer sees a reset. */
	default void abort() {
		abort(null);
	}

	/**
	 * Drops what is queued and closes at once.
	 * @param cause what {@code connectionLost} is told, or {@code null}
	 */
	void abort(@Nullable IOException cause);

	/**
	 * Takes what has come and was not told of yet, before the peer is said to be silent:
	 * after a stall of the process more may have come than the loop has got to. Call it
	 * on the event loop.
	 */
	default void lookForInput() {
	}

	/**
	 * Tries to send before the peer is said to take nothing: the system tells of room
	 * only when there is a good deal of it, which a slow peer may take long to make. Call
	 * it on the event loop.
	 */
	default void lookForRoom() {
	}

	/**
	 * The protocol has seen the end of its input, whatever may still come: the
	 * half-closed timeout begins. Call it on the event loop.
	 */
	default void startHalfClosedTimeout() {
	}

}
