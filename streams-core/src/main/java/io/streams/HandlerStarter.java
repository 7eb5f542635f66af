package io.streams;

/**
 * Starts the handlers of a server's connections. Called on event loops; safe for use by
 * any thread.
 */
@FunctionalInterface
interface HandlerStarter {

	/**
	 * Starts the handler of a connection.
	 * @param connection the connection; {@link #tryReserve()} has reserved a handler
	 */
	void start(StreamConnection connection);

	/**
	 * Reserves one more handler.
	 * @return {@code false} if as many handlers run as are allowed; otherwise
	 * {@link #start} has to follow
	 */
	default boolean tryReserve() {
		return true;
	}

}
