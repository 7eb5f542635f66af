package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/**
 * Addresses as the system has them ({@code struct sockaddr_in}, {@code sockaddr_in6} and
 * {@code sockaddr_un}).
 */
final class SocketAddressCodec {

	/** Bytes of the longest address. */
	static final int MAX_BYTES = 112;

	private static final int AF_UNIX = 1;

	private static final int AF_INET = 2;

	private static final int AF_INET6 = 10;

	private static final int INET_BYTES = 16;

	private static final int INET6_BYTES = 28;

	private static final int PORT = 2;

	private static final int INET_ADDRESS = 4;

	private static final int INET6_ADDRESS = 8;

	private static final int INET6_SCOPE = 24;

	private static final int UNIX_PATH = 2;

	/** Tells a packed address from none. */
	private static final long PACKED = 1L << 48;

	private static final int MAX_PATH_BYTES = 107;

	private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

	private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT;

	private SocketAddressCodec() {
	}

	/** The system's number of a family. */
	static int family(StandardProtocolFamily family) {
		return switch (family) {
			case INET -> AF_INET;
			case INET6 -> AF_INET6;
			case UNIX -> AF_UNIX;
		};
	}

	/**
	 * Writes an address.
	 * @param address the address
	 * @param family the family of the socket that it is for
	 * @param target takes {@link #MAX_BYTES}
	 * @return its length in bytes
	 * @throws IOException if such a socket cannot have such an address
	 */
	static int encode(SocketAddress address, StandardProtocolFamily family, MemorySegment target) throws IOException {
		target.fill((byte) 0);
		target.set(JAVA_SHORT, 0, (short) family(family));
		if (family == StandardProtocolFamily.UNIX && address instanceof UnixDomainSocketAddress unix) {
			return encodePath(unix.getPath().toString().getBytes(StandardCharsets.UTF_8), target);
		}
		if (family != StandardProtocolFamily.UNIX && address instanceof InetSocketAddress inet) {
			if (inet.isUnresolved()) {
				throw new UnknownHostException("unknown host");
			}
			target.set(NETWORK_SHORT, PORT, (short) inet.getPort());
			return (family == StandardProtocolFamily.INET) ? encode4(inet.getAddress(), target)
					: encode6(inet.getAddress(), target);
		}
		throw new IOException("a socket of the family " + family + " cannot have the address " + address);
	}

	private static int encodePath(byte[] path, MemorySegment target) throws IOException {
		if (path.length > MAX_PATH_BYTES) {
			throw new IOException("Unix domain path too long: " + path.length + " bytes, and no more than "
					+ MAX_PATH_BYTES + " fit");
		}
		MemorySegment.copy(path, 0, target, JAVA_BYTE, UNIX_PATH, path.length);
		return UNIX_PATH + path.length + 1;
	}

	private static int encode4(InetAddress address, MemorySegment target) throws IOException {
		if (!(address instanceof Inet4Address)) {
			throw new IOException("an IPv4 socket cannot have the IPv6 address " + address.getHostAddress());
		}
		MemorySegment.copy(address.getAddress(), 0, target, JAVA_BYTE, INET_ADDRESS, 4);
		return INET_BYTES;
	}

	private static int encode6(InetAddress address, MemorySegment target) throws IOException {
		byte[] bytes = address.getAddress();
		if (address instanceof Inet6Address inet6) {
			MemorySegment.copy(bytes, 0, target, JAVA_BYTE, INET6_ADDRESS, bytes.length);
			target.set(SCOPE, INET6_SCOPE, LinkLocal.scope(inet6));
		}
		else if (!address.isAnyLocalAddress()) {
			// IPv4 within IPv6: RFC 4291, section 2.5.5.2.
			target.set(JAVA_SHORT, INET6_ADDRESS + 10, (short) -1);
			MemorySegment.copy(bytes, 0, target, JAVA_BYTE, INET6_ADDRESS + 12, bytes.length);
		}
		return INET6_BYTES;
	}

	/**
	 * Reads an address.
	 * @param source where it is
	 * @param length its length in bytes, as the system said
	 * @return the address, or {@code null} for a Unix socket that has none
	 */
	static @Nullable SocketAddress decode(MemorySegment source, int length) throws IOException {
		if (length < UNIX_PATH) {
			return null;
		}
		return switch (source.get(JAVA_SHORT, 0)) {
			case AF_INET -> decode(source, INET_ADDRESS, 4, 0);
			case AF_INET6 -> decode(source, INET6_ADDRESS, 16, source.get(SCOPE, INET6_SCOPE));
			case AF_UNIX -> decodePath(source, length);
			default -> null;
		};
	}

	/**
	 * Packs an IPv4 address and its port into a number, in which it takes a tenth of the
	 * room.
	 * @return the number, or 0 if the address is not one of IPv4, nor one within IPv6
	 */
	static long pack(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress inet) || !(inet.getAddress() instanceof Inet4Address inet4)) {
			return 0;
		}
		return PACKED | (long) inet.getPort() << Integer.SIZE
				| Integer.toUnsignedLong(ByteBuffer.wrap(inet4.getAddress()).getInt());
	}

	/** The address that was packed. */
	static InetSocketAddress unpack(long packed) {
		byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) packed).array();
		try {
			return new InetSocketAddress(InetAddress.getByAddress(bytes), (int) (packed >>> Integer.SIZE) & 0xFFFF);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError("an address of four bytes is one of IPv4", ex);
		}
	}

	private static InetSocketAddress decode(MemorySegment source, int offset, int length, int scope)
			throws IOException {
		byte[] bytes = source.asSlice(offset, length).toArray(JAVA_BYTE);
		// An IPv4 address within an IPv6 one becomes what it is.
		InetAddress address = (scope != 0) ? Inet6Address.getByAddress(null, bytes, scope)
				: InetAddress.getByAddress(bytes);
		return new InetSocketAddress(address, Short.toUnsignedInt(source.get(NETWORK_SHORT, PORT)));
	}

	private static @Nullable SocketAddress decodePath(MemorySegment source, int length) {
		int end = Math.min(length, MAX_PATH_BYTES + UNIX_PATH);
		while (end > UNIX_PATH && source.get(JAVA_BYTE, end - 1) == 0) {
			end--;
		}
		if (end == UNIX_PATH || source.get(JAVA_BYTE, UNIX_PATH) == 0) {
			return null;
		}
		byte[] path = source.asSlice(UNIX_PATH, end - UNIX_PATH).toArray(JAVA_BYTE);
		return UnixDomainSocketAddress.of(new String(path, StandardCharsets.UTF_8));
	}

}
