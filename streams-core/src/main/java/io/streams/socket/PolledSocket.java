package io.streams.socket;

import java.io.IOException;

/**
 * A socket that a poller watches for what it can do without blocking. It belongs to one
 * event loop, on which all of this is to be called, but for what is said to be otherwise.
 */
public interface PolledSocket {

	/** There is something to read, or the input has ended. */
	int READ = 1;

	/** There is room to write. */
	int WRITE = 1 << 2;

	/** The attempt to connect has come to an end. */
	int CONNECT = 1 << 3;

	/** There is a connection to accept. */
	int ACCEPT = 1 << 4;

	/**
	 * Has the socket watched.
	 * @param poller who watches it
	 * @param interest for what
	 * @param handler hears of it
	 * @throws IOException if the system refuses
	 */
	void register(Poller poller, int interest, ReadyHandler handler) throws IOException;

	/**
	 * Changes for what the socket is watched; nothing happens if it is not, or not any
	 * more.
	 * @param interest for what; with 0 not even an error is reported
	 */
	void setInterest(int interest);

	/**
	 * {@return who hears of the socket}
	 */
	ReadyHandler handler();

	/**
	 * Changes who hears of it.
	 * @param handler the new one
	 */
	void setHandler(ReadyHandler handler);

	/**
	 * For what the socket was ready when it was last polled.
	 * @return operations, all of which are in the interest; 0 once it is closed
	 */
	int readyOperations();

	/**
	 * Whether the socket is open.
	 * @return {@code false} once it is closed; any thread may ask
	 */
	boolean isOpen();

	/**
	 * Closes the socket, which is watched no longer. Idempotent. On the loop, or by
	 * whoever made the socket before it was registered.
	 */
	void close();

}
