package io.streams.epoll;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.transport.SocketOptionAccess;

import jdk.net.ExtendedSocketOptions;

/**
 * The options that users may see: those that the JDK has for such a socket. A call with
 * the socket's closing lock held never reaches another socket.
 *
 * @param socket the socket
 * @param unix whether it is a Unix socket
 */
record EpollSocketOptions(EpollSocket socket, boolean unix) implements SocketOptionAccess {

	private static final Map<SocketOption<?>, Place> UNIX = Map.of(StandardSocketOptions.SO_SNDBUF,
			new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_SNDBUF), StandardSocketOptions.SO_RCVBUF,
			new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVBUF), StandardSocketOptions.SO_LINGER,
			new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_LINGER));

	private static final Map<SocketOption<?>, Place> TCP = tcp();

	/**
	 * Where the system has an option.
	 *
	 * @param level the protocol's number
	 * @param number the option's number there
	 */
	private record Place(int level, int number) {
	}

	private static Map<SocketOption<?>, Place> tcp() {
		Map<SocketOption<?>, Place> options = new LinkedHashMap<>(UNIX);
		options.put(StandardSocketOptions.SO_KEEPALIVE,
				new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_KEEPALIVE));
		options.put(StandardSocketOptions.SO_REUSEADDR,
				new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEADDR));
		options.put(StandardSocketOptions.SO_REUSEPORT,
				new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEPORT));
		options.put(StandardSocketOptions.IP_TOS, new Place(SocketOptions.IPPROTO_IP, SocketOptions.IP_TOS));
		options.put(StandardSocketOptions.TCP_NODELAY, new Place(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY));
		options.put(ExtendedSocketOptions.TCP_QUICKACK,
				new Place(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_QUICKACK));
		options.put(ExtendedSocketOptions.TCP_KEEPIDLE,
				new Place(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_KEEPIDLE));
		options.put(ExtendedSocketOptions.TCP_KEEPINTERVAL,
				new Place(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_KEEPINTVL));
		options.put(ExtendedSocketOptions.TCP_KEEPCOUNT,
				new Place(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_KEEPCNT));
		options.put(ExtendedSocketOptions.SO_INCOMING_NAPI_ID,
				new Place(SocketOptions.SOL_SOCKET, SocketOptions.SO_INCOMING_NAPI_ID));
		return Map.copyOf(options);
	}

	@Override
	public <T> T option(SocketOption<T> option) throws IOException {
		Place place = place(option);
		int descriptor = this.socket.openDescriptor();
		ReentrantLock lock = EpollSocket.closing(descriptor);
		lock.lock();
		try {
			return option.type().cast(get(this.socket.openDescriptor(), place, option));
		}
		finally {
			lock.unlock();
		}
	}

	private static Object get(int descriptor, Place place, SocketOption<?> option) throws IOException {
		if (option == StandardSocketOptions.SO_LINGER) {
			int[] linger = Descriptor.getInts(descriptor, place.level(), place.number(), 2);
			return (linger[0] != 0) ? linger[1] : -1;
		}
		int value = Descriptor.getInt(descriptor, place.level(), place.number());
		return (option.type() == Boolean.class) ? (Object) (value != 0) : (Object) value;
	}

	@Override
	public <T> void setOption(SocketOption<T> option, T value) throws IOException {
		Place place = place(option);
		int[] values = values(option, value);
		int descriptor = this.socket.openDescriptor();
		ReentrantLock lock = EpollSocket.closing(descriptor);
		lock.lock();
		try {
			Descriptor.setInts(this.socket.openDescriptor(), place.level(), place.number(), values);
		}
		finally {
			lock.unlock();
		}
	}

	private static int[] values(SocketOption<?> option, Object value) {
		if (option == ExtendedSocketOptions.SO_INCOMING_NAPI_ID) {
			throw new UnsupportedOperationException("SO_INCOMING_NAPI_ID can only be read");
		}
		if (option == StandardSocketOptions.SO_LINGER) {
			int seconds = (Integer) value;
			return new int[] { (seconds >= 0) ? 1 : 0, Math.max(0, seconds) };
		}
		int number = (value instanceof Boolean on) ? (on ? 1 : 0) : (Integer) value;
		if (number < 0) {
			throw new IllegalArgumentException("Invalid value of " + option.name() + ": " + number);
		}
		return new int[] { number };
	}

	private Place place(SocketOption<?> option) {
		Place place = (this.unix ? UNIX : TCP).get(option);
		if (place == null) {
			throw new UnsupportedOperationException("'" + option + "' not supported");
		}
		return place;
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return (this.unix ? UNIX : TCP).keySet();
	}

	@Override
	public String toString() {
		return "SocketOptionAccess[" + (this.socket.isOpen() ? "open" : "closed") + "]";
	}

}
