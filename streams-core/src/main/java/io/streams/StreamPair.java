package io.streams;

import java.time.Duration;

import io.streams.memory.MemoryConnections;
import io.streams.transport.TransportOptions;

/**
 * Two connections in one process, each the other's peer: handlers can be tested without a
 * socket. Flow control works as over a socket.
 *
 * <pre>
 * try (StreamPair pair = StreamPair.create()) {
 *     Thread.startVirtualThread(() -&gt; handler.handle(pair.right().reader(), pair.right().writer()));
 *     pair.left().writer().write(request);
 *     byte[] reply = pair.left().reader().readLine();
 * }
 * </pre>
 *
 * asyncio has no counterpart; Go has {@code net.Pipe} and tokio {@code duplex}.
 *
 * @param left one end
 * @param right the other end
 * @since 0.1
 */
public record StreamPair(StreamConnection left, StreamConnection right) implements AutoCloseable {

	/** Bytes that a reader receives at once if nothing else is said. */
	private static final int DEFAULT_CHUNK = 16 * 1024;

	/** A close does not linger: what was sent has reached its reader by then. */
	private static final TransportOptions SETTINGS = TransportOptions.DEFAULT.toBuilder()
		.lingerTimeout(Duration.ZERO)
		.build();

	/**
	 * Makes a pair.
	 * @return the pair
	 */
	public static StreamPair create() {
		return create(DEFAULT_CHUNK, StreamListener.NONE);
	}

	/**
	 * Makes a pair whose readers receive their bytes in small pieces, to find out whether
	 * a parser copes.
	 * @param chunk how many bytes a reader receives at once at the most, 1 or more
	 * @param listener hears what happens on both ends
	 * @return the pair
	 */
	public static StreamPair create(int chunk, StreamListener listener) {
		StreamReaderProtocol left = new StreamReaderProtocol(new StreamReader(), listener, (connection) -> {
		});
		StreamReaderProtocol right = new StreamReaderProtocol(new StreamReader(), listener, (connection) -> {
		});
		MemoryConnections.open(chunk, SETTINGS, left, right);
		return new StreamPair(left.connection(), right.connection());
	}

	/** Aborts both ends. */
	@Override
	public void close() {
		this.left.abort();
		this.right.abort();
	}

}
