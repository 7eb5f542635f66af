package io.streams.loop;

import java.util.Optional;

import io.streams.transport.TransportFactory;

/**
 * Offers socket transports that are better than those over {@code java.nio} where they
 * are supported. Found by {@link java.util.ServiceLoader}: to have the jar is to use it.
 */
public interface SocketTransportProvider {

	/**
	 * What they are over.
	 * @return a name for options and logs, such as {@code epoll}
	 */
	String name();

	/**
	 * Why there are none in this process.
	 * @return the reason, or nothing if {@link #create} works
	 */
	Optional<String> unsupportedReason();

	/**
	 * Creates a factory with event loops of its own.
	 * @param options how many loops, and of what kind
	 * @return the factory
	 * @throws UnsupportedOperationException if there are none in this process
	 */
	TransportFactory create(LoopOptions options);

}
