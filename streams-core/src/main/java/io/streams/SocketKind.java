package io.streams;

/**
 * Kind of sockets that event loops poll.
 *
 * @since 0.1
 */
public enum SocketKind {

	/**
	 * The best kind that this process supports: {@link #EPOLL} with {@code streams-epoll}
	 * on the class path, and {@link #NIO} otherwise.
	 */
	AUTOMATIC,

	/** The JDK's channels and selectors, which every system has. */
	NIO,

	/**
	 * Linux' epoll. Needs {@code streams-epoll} on the class path, and Java 22 or newer.
	 */
	EPOLL

}
