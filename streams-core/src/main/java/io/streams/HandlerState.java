package io.streams;

/** Whether a connection has a handler. */
enum HandlerState {

	/** No handler was started. */
	NONE,

	/** The handler runs. */
	RUNNING,

	/** The handler has returned, or no thread holds the connection any more. */
	RELEASED

}
