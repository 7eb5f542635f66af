package io.streams;

/**
 * Speaks with one client. It runs on a virtual thread of its own, so that every call that
 * is an {@code await} in Python simply blocks.
 * <p>
 * When it returns, what it wrote is sent and the connection is closed; when it throws,
 * the same, and the failure is reported to the {@link StreamListener}.
 * <p>
 * asyncio counterpart: a coroutine function as {@code client_connected_cb}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ConnectionHandler {

	/**
	 * Handles a connection from its first byte to its last.
	 * @param reader what the client sends
	 * @param writer what it is sent
	 * @throws Exception any failure; it ends this connection only
	 */
	void handle(StreamReader reader, StreamWriter writer) throws Exception;

}
