package io.streams;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import io.streams.transport.ConnectFailedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for connections that must not be made, and for the reasons of those that fail.
 */
@Tag("sockets")
@Timeout(10)
class ConnectFailureTests extends NetworkFixture {

	/** The test chooses the local port that the system may choose by chance. */
	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1" })
	void connectionToItselfIsRefused(String host) throws IOException {
		InetSocketAddress address = new InetSocketAddress(host, unusedPort(host));
		int before = StreamsInvariants.sockets().size();
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(address, options(address)))
			.withMessageContaining("Connection refused")
			.withMessageContaining("connected to itself");
		await().until(() -> StreamsInvariants.sockets().size() <= before);
	}

	/** The system takes a wildcard address for the loopback interface. */
	@Test
	void connectionToItselfByWildcardAddressIsRefused() throws IOException {
		int port = unusedPort("127.0.0.1");
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(new InetSocketAddress("0.0.0.0", port),
					options(new InetSocketAddress("0.0.0.0", port))))
			.withMessageContaining("connected to itself");
	}

	@Test
	void connectionFromAnotherAddressWithTheSamePortIsMade() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> writer.write(new byte[1]));
		InetSocketAddress local = new InetSocketAddress("127.0.0.2", server.port());
		try (StreamConnection connection = Streams.openConnection(server.addresses().getFirst(), options(local))) {
			assertThat(connection.reader().readExactly(1)).hasSize(1);
			assertThat(connection.localAddress()).isEqualTo(local);
		}
	}

	@Test
	void refusedConnectionHasTheCauseOfTheJdk() throws IOException {
		InetSocketAddress address = new InetSocketAddress("127.0.0.1", unusedPort("127.0.0.1"));
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(address, options(null)))
			.withRootCauseInstanceOf(ConnectException.class);
	}

	@Test
	void localAddressThatIsUnknownIsNamed() {
		InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 0);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> Streams.openConnection(new InetSocketAddress("::1", 1), options(unknown)))
			.withMessageContaining("no-such-host.invalid")
			.withMessageContaining("unknown host");
	}

	private static int unusedPort(String host) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
			return socket.getLocalPort();
		}
	}

	private static ConnectOptions options(InetSocketAddress local) {
		return ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).localAddress(local).build();
	}

}
