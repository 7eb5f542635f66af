package io.streams;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;
import io.streams.transport.ConnectFailedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the reasons of a failed bind and for addresses that need care.
 */
@Tag("sockets")
@Timeout(10)
class BindFailureTests extends NetworkFixture {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer
		.write("hello".getBytes(StandardCharsets.US_ASCII));

	@Test
	void reasonTellsThatAddressIsInUse() throws IOException {
		StreamServer server = this.network.serve(HELLO);
		assertThat(bindFailure(server.addresses().getFirst()).reason()).isEqualTo(Reason.ADDRESS_IN_USE);
	}

	@Test
	@ExpectedLog("Cannot assign requested address")
	void reasonTellsThatNoInterfaceHasAddress() throws IOException {
		assertThat(bindFailure(new InetSocketAddress("203.0.113.1", 0)).reason())
			.isEqualTo(Reason.ADDRESS_NOT_AVAILABLE);
		List<SocketAddress> oneIsElsewhere = List.of(new InetSocketAddress("203.0.113.1", 0),
				new InetSocketAddress("127.0.0.1", 0));
		try (StreamServer server = Streams.startServer(HELLO, oneIsElsewhere, this.network.options())) {
			assertThat(server.addresses()).hasSize(1);
		}
	}

	@Test
	void reasonTellsThatHostIsUnknown() {
		InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 0);
		assertThat(bindFailure(unknown).reason()).isEqualTo(Reason.UNKNOWN_HOST);
	}

	@Test
	void reasonTellsThatPathIsUnusable() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "precious");
		assertThat(bindFailure(unix(file)).reason()).isEqualTo(Reason.UNUSABLE_PATH);
		BindFailedException below = bindFailure(unix(file.resolve("socket")));
		assertThat(below.reason()).isEqualTo(Reason.UNUSABLE_PATH);
		assertThat(below).hasMessageContaining("not a directory");
	}

	@Test
	void messageTellsThatDirectoryMayNotBeWritten() throws IOException {
		assumeTrue(!"root".equals(System.getProperty("user.name")), "root may write to every directory");
		Path readOnly = Files.createDirectory(this.directory.resolve("read-only"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
		BindFailedException failure = bindFailure(unix(readOnly.resolve("socket")));
		assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
		assertThat(failure).hasMessageContaining("permission denied").hasMessageContaining(readOnly.toString());
		Path closed = Files.createDirectory(this.directory.resolve("closed"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
		assertThat(bindFailure(unix(closed.resolve("below").resolve("socket"))))
			.hasMessageContaining("permission denied")
			.hasMessageNotContaining("does not exist");
	}

	/** A server binds every path that its own clients can name, and no other. */
	@Test
	void everyPathThatCanBeBoundCanBeConnectedTo() throws IOException {
		int served = 0;
		for (int bytes = 95; bytes <= 110; bytes++) {
			Path path = this.directory.resolve("x".repeat(bytes - this.directory.toString().length() - 1));
			try (StreamServer server = Streams.startUnixServer(HELLO, path, this.network.options());
					StreamConnection client = connect(path)) {
				assertThat(client.reader().readExactly(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
				served++;
			}
			catch (BindFailedException ex) {
				assertThat(ex).hasMessageContaining("too long: " + bytes + " bytes");
				assertThat(ex.reason()).isEqualTo(Reason.UNUSABLE_PATH);
				assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> connect(path))
					.withMessageContaining("too long: " + bytes + " bytes");
			}
		}
		assertThat(served).isBetween(12, 13);
	}

	@Test
	void linkLocalAddressNeedsNoZoneOnItsOwnInterface() throws IOException {
		Optional<Inet6Address> linkLocal = linkLocalAddress();
		assumeTrue(linkLocal.isPresent(), "no interface has a link-local address");
		InetAddress withoutZone = InetAddress.getByAddress(linkLocal.get().getAddress());
		try (StreamServer server = Streams.startServer(HELLO, List.of(new InetSocketAddress(withoutZone, 0)),
				this.network.options());
				StreamConnection client = Streams.openConnection(new InetSocketAddress(withoutZone, server.port()),
						ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build())) {
			assertThat(client.reader().readExactly(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
		}
	}

	@Test
	void linkLocalAddressOfAnotherMachineNeedsZone() throws IOException {
		assumeTrue(linkLocalAddress().isPresent(), "this machine has no IPv6");
		InetSocketAddress elsewhere = new InetSocketAddress("fe80::dead:beef:1", 50_000);
		assertThat(bindFailure(elsewhere)).hasMessageContaining("add the zone");
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(elsewhere,
					ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build()))
			.withMessageContaining("add the zone");
	}

	private static Optional<Inet6Address> linkLocalAddress() throws SocketException {
		return NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter(Inet6Address.class::isInstance)
			.map(Inet6Address.class::cast)
			.filter(InetAddress::isLinkLocalAddress)
			.findFirst();
	}

	private static StreamConnection connect(Path path) throws IOException {
		return Streams.openUnixConnection(path, ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build());
	}

	private static SocketAddress unix(Path path) {
		return UnixDomainSocketAddress.of(path);
	}

	private BindFailedException bindFailure(SocketAddress address) {
		return catchThrowableOfType(BindFailedException.class,
				() -> Streams.startServer(HELLO, List.of(address), this.network.options()).close());
	}

}
