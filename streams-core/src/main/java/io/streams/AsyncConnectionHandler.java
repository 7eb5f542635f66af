package io.streams;

import java.util.concurrent.CompletionStage;

/**
 * Speaks with one client without a thread of its own. It is called on the connection's
 * event loop and must not block: use the {@code …Async} methods of the reader and the
 * writer, whose continuations run on the same loop.
 * <p>
 * The connection lives until the stage completes; then what was written is sent and the
 * connection is closed.
 * <p>
 * asyncio counterpart: a plain function as {@code client_connected_cb}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface AsyncConnectionHandler {

	/**
	 * Handles a connection.
	 * @param reader what the client sends
	 * @param writer what it is sent
	 * @return completes when the connection is done with
	 * @throws Exception any failure; it ends this connection only
	 */
	CompletionStage<?> handle(StreamReader reader, StreamWriter writer) throws Exception;

}
