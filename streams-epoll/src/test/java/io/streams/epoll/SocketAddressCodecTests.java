package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.util.HexFormat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Addresses as the system has them. The families' own numbers are in the byte order of
 * the machine, and all supported ones are little-endian.
 */
@Tag("epoll")
class SocketAddressCodecTests {

	private final MemorySegment memory = Arena.ofAuto().allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);

	@Test
	void version4() throws IOException {
		InetSocketAddress address = new InetSocketAddress("192.0.2.1", 0x1F90);
		assertThat(encoded(address, StandardProtocolFamily.INET)).isEqualTo("02001f90c00002010000000000000000");
		assertThat(SocketAddressCodec.decode(this.memory, 16)).isEqualTo(address);
	}

	@Test
	void version6WithAScope() throws IOException {
		InetAddress local = Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 7);
		String bytes = "0a000035" + "00000000" + "fe800000000000000000000000000001" + "07000000";
		assertThat(encoded(new InetSocketAddress(local, 53), StandardProtocolFamily.INET6)).isEqualTo(bytes);
		InetSocketAddress decoded = (InetSocketAddress) SocketAddressCodec.decode(this.memory, 28);
		assertThat(((Inet6Address) decoded.getAddress()).getScopeId()).isEqualTo(7);
		assertThat(decoded.getPort()).isEqualTo(53);
	}

	/** A client of a socket for both families is known by its IPv4 address. */
	@Test
	void version4WithinVersion6() throws IOException {
		InetSocketAddress address = new InetSocketAddress("192.0.2.1", 80);
		String bytes = "0a000050" + "00000000" + "00000000000000000000ffffc0000201" + "00000000";
		assertThat(encoded(address, StandardProtocolFamily.INET6)).isEqualTo(bytes);
		assertThat(SocketAddressCodec.decode(this.memory, 28)).isEqualTo(address);
	}

	@Test
	void everyInterface() throws IOException {
		InetSocketAddress any = new InetSocketAddress("0.0.0.0", 1);
		assertThat(encoded(any, StandardProtocolFamily.INET6)).isEqualTo("0a000001" + "0".repeat(48));
	}

	@Test
	void version4InAFewBytes() throws IOException {
		for (String host : new String[] { "0.0.0.0", "127.0.0.1", "192.0.2.1", "255.255.255.255" }) {
			for (int port : new int[] { 0, 1, 0x7FFF, 0x8000, 0xFFFF }) {
				InetSocketAddress address = new InetSocketAddress(host, port);
				long packed = SocketAddressCodec.pack(address);
				assertThat(packed).isNotZero();
				assertThat(SocketAddressCodec.unpack(packed)).isEqualTo(address);
			}
		}
		assertThat(SocketAddressCodec.pack(new InetSocketAddress("::1", 1))).isZero();
		assertThat(SocketAddressCodec.pack(UnixDomainSocketAddress.of("/tmp/ab"))).isZero();
		assertThat(SocketAddressCodec.pack(null)).isZero();
	}

	@Test
	void unixPaths() throws IOException {
		SocketAddress address = UnixDomainSocketAddress.of("/tmp/ab");
		assertThat(encoded(address, StandardProtocolFamily.UNIX)).isEqualTo("0100" + "2f746d702f6162" + "00");
		assertThat(SocketAddressCodec.decode(this.memory, 10)).isEqualTo(address);
		assertThat(SocketAddressCodec.decode(this.memory, 2)).as("unnamed").isNull();
		assertThat(SocketAddressCodec.decode(this.memory, 0)).as("no address at all").isNull();
		UnixDomainSocketAddress long108 = UnixDomainSocketAddress.of("/" + "x".repeat(107));
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> SocketAddressCodec.encode(long108, StandardProtocolFamily.UNIX, this.memory))
			.withMessageContaining("108 bytes");
	}

	@Test
	void abstractUnixNamesAreNone() {
		this.memory.copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex("0100006162")));
		assertThat(decodeQuietly(5)).isNull();
	}

	@Test
	void addressesOfAnotherFamilyAreRefused() throws IOException {
		InetSocketAddress version6 = new InetSocketAddress("2001:db8::1", 1);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> SocketAddressCodec.encode(version6, StandardProtocolFamily.INET, this.memory))
			.withMessageContaining("2001:db8");
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> SocketAddressCodec.encode(version6, StandardProtocolFamily.UNIX, this.memory))
			.withMessageContaining("UNIX");
	}

	private SocketAddress decodeQuietly(int length) {
		try {
			return SocketAddressCodec.decode(this.memory, length);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private String encoded(SocketAddress address, StandardProtocolFamily family) throws IOException {
		int length = SocketAddressCodec.encode(address, family, this.memory);
		return HexFormat.of().formatHex(this.memory.asSlice(0, length).toArray(JAVA_BYTE));
	}

}
