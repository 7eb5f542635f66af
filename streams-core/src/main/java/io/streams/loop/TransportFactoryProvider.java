package io.streams.loop;

import java.util.Optional;

import io.streams.transport.TransportFactory;

/**
 * Provides the factory of a kind of socket transports, which is preferred to the one over
 * {@code java.nio} where it is supported. {@link java.util.ServiceLoader} finds it, so
 * that an application uses it by having its jar.
 *
 * @since 0.1
 */
public interface TransportFactoryProvider {

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
