package io.streams.epoll;

import java.io.IOException;

import io.streams.transport.ServerTransportOptions;
import io.streams.transport.TransportOptions;

/**
 * The system's options of a socket, by their numbers.
 */
final class SocketOptions {

	static final int SOL_SOCKET = 1;

	static final int IPPROTO_IP = 0;

	static final int IPPROTO_TCP = 6;

	static final int IPPROTO_IPV6 = 41;

	static final int SO_REUSEADDR = 2;

	static final int SO_SNDBUF = 7;

	static final int SO_RCVBUF = 8;

	static final int SO_KEEPALIVE = 9;

	static final int SO_LINGER = 13;

	static final int SO_REUSEPORT = 15;

	static final int SO_INCOMING_NAPI_ID = 56;

	static final int IP_TOS = 1;

	static final int TCP_NODELAY = 1;

	static final int TCP_KEEPIDLE = 4;

	static final int TCP_KEEPINTVL = 5;

	static final int TCP_KEEPCNT = 6;

	static final int TCP_QUICKACK = 12;

	private static final int SO_ERROR = 4;

	private static final int IPV6_V6ONLY = 26;

	private SocketOptions() {
	}

	/** Sets the options of a connection's socket. */
	static void set(int descriptor, TransportOptions options, boolean unix) throws IOException {
		if (options.receiveBuffer() > 0) {
			Descriptor.setInts(descriptor, SOL_SOCKET, SO_RCVBUF, options.receiveBuffer());
		}
		if (options.sendBuffer() > 0) {
			Descriptor.setInts(descriptor, SOL_SOCKET, SO_SNDBUF, options.sendBuffer());
		}
		if (!unix) {
			Descriptor.setInts(descriptor, IPPROTO_TCP, TCP_NODELAY, options.tcpNoDelay() ? 1 : 0);
			Descriptor.setInts(descriptor, SOL_SOCKET, SO_KEEPALIVE, options.keepAlive() ? 1 : 0);
		}
	}

	/** Sets the options of a TCP listener, and those that what it accepts is to have. */
	static void set(int descriptor, ServerTransportOptions options) throws IOException {
		Descriptor.setInts(descriptor, SOL_SOCKET, SO_REUSEADDR, options.reuseAddress() ? 1 : 0);
		if (options.reusePort()) {
			Descriptor.setInts(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
		}
		set(descriptor, options.transport(), false);
	}

	/** Has an IPv6 socket serve IPv4 as well, whatever the system's default is. */
	static void serveBothFamilies(int descriptor) throws IOException {
		Descriptor.setInts(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	}

	/** Has the close send a reset and drop what is still to be sent. */
	static void lingerNot(int descriptor) throws IOException {
		Descriptor.setInts(descriptor, SOL_SOCKET, SO_LINGER, 1, 0);
	}

	/**
	 * Takes the socket's error.
	 * @throws IOException if there is one
	 */
	static void throwError(int descriptor) throws IOException {
		int number = Descriptor.getInt(descriptor, SOL_SOCKET, SO_ERROR);
		if (number != 0) {
			throw Errno.exception(number);
		}
	}

}
