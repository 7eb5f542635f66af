package io.streams;

/**
 * Kind of thread that a server's {@link ConnectionHandler} runs on. An
 * {@link AsyncConnectionHandler} runs on the event loop and has no thread.
 *
 * @since 0.1
 */
public enum HandlerThreads {

	/**
	 * A virtual thread for each connection, in any number. The default. A handler that
	 * computes for long, or waits in native code, keeps a carrier, of which there is one
	 * per processor: other handlers, and event loops that are virtual threads, wait
	 * meanwhile.
	 */
	VIRTUAL,

	/**
	 * A platform thread for each connection, up to
	 * {@link ServerOptions#maxHandlerThreads()}. For handlers that compute or call native
	 * code: the operating system preempts them, and the carriers stay free for the other
	 * servers, for the event loops and for the stop. A connection above the bound is
	 * closed at once and counted as {@link RejectReason#HANDLER_LIMIT}.
	 */
	PLATFORM

}
