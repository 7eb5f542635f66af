package io.streams.socket;

import java.io.IOException;
import java.net.ProtocolFamily;

/**
 * One way to reach the system's sockets. Safe for use by any thread.
 */
public interface SocketSystem {

	/**
	 * Opens a poller for an event loop.
	 * @return the poller; it watches sockets of this system only
	 * @throws IOException if the system refuses
	 */
	Poller openPoller() throws IOException;

	/**
	 * Opens a socket to connect with, which never blocks.
	 * @param family IPv4, IPv6 or Unix
	 * @return the socket
	 * @throws IOException if the system refuses
	 */
	StreamSocket open(ProtocolFamily family) throws IOException;

	/**
	 * Opens a socket to listen with, which never blocks.
	 * @param family IPv4, IPv6, which serves IPv4 as well, or Unix
	 * @return the socket
	 * @throws IOException if the system refuses
	 */
	ListenSocket openListener(ProtocolFamily family) throws IOException;

	/**
	 * Returns the length of the longest path of a Unix socket. A socket with a longer
	 * path could be bound under another name, but the clients of this system could not
	 * name it.
	 * @return the length in bytes, without a terminating zero; Linux' own by default
	 */
	default int maxUnixPathBytes() {
		return 107;
	}

}
