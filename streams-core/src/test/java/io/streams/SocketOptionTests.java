package io.streams;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.transport.BindFailedException;
import io.streams.transport.TransportInfo;
import io.streams.transport.SocketOptionAccess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The options that sockets get.
 */
@Tag("sockets")
class SocketOptionTests extends NetworkFixture {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer.write(new byte[] { 'h', 'i' });

	/** A listening socket of the JDK's cannot have them for its connections. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everyConnectionIsKeptAliveAndNotDelayedAsItIsSaid(boolean on) throws Exception {
		CompletableFuture<StreamConnection> accepted = new CompletableFuture<>();
		this.network.with((options) -> options.keepAlive(on).tcpNoDelay(on));
		StreamServer server = this.network.serve((reader, writer) -> {
			accepted.complete(writer.connection());
			reader.read();
		});
		StreamConnection opened = this.network.connect(server, (options) -> options.keepAlive(on).tcpNoDelay(on));
		for (StreamConnection connection : Set.of(opened, accepted.get(5, TimeUnit.SECONDS))) {
			SocketOptionAccess socket = connection.info().get(TransportInfo.SOCKET);
			assertThat(socket).isNotNull();
			assertThat(socket.option(StandardSocketOptions.SO_KEEPALIVE)).as("keep-alive of %s", connection)
				.isEqualTo(on);
			assertThat(socket.option(StandardSocketOptions.TCP_NODELAY)).as("no-delay of %s", connection).isEqualTo(on);
		}
	}

	@Test
	void serversThatAllReuseThePortShareIt() throws IOException {
		ServerOptions sharing = this.network.with((options) -> options.reusePort(true)).options();
		try (StreamServer first = Streams.startServer(HELLO, "127.0.0.1", 0, sharing);
				StreamServer second = Streams.startServer(HELLO, "127.0.0.1", first.port(), sharing)) {
			assertThat(second.port()).isEqualTo(first.port());
			for (int i = 0; i < 20; i++) {
				try (RawClient client = RawClient.connect(second.addresses().getFirst())) {
					assertThat(client.readToEnd()).isEqualTo("hi");
				}
			}
			assertThatExceptionOfType(BindFailedException.class)
				.isThrownBy(() -> Streams.startServer(HELLO, "127.0.0.1", first.port(),
						this.network.with((options) -> options.reusePort(false)).options()))
				.withMessageContaining("already in use");
			await().until(() -> first.snapshot().acceptedConnections() + second.snapshot().acceptedConnections() == 20
					&& first.connections().isEmpty() && second.connections().isEmpty());
		}
	}

	/** What the server has still to do in the time of its close, it does. */
	@Test
	void aPortIsReusedWhileConnectionsOfTheServerBeforeAreStillOpen() throws IOException {
		StreamServer before = this.network.serve((reader, writer) -> reader.read());
		RawClient client = this.network.connectRaw(before);
		await().until(() -> before.connections().size() == 1);
		int port = before.port();
		before.close();
		await().until(() -> before.addresses().isEmpty() && !before.isServing());
		await().ignoreExceptionsInstanceOf(BindFailedException.class).untilAsserted(() -> {
			try (StreamServer after = Streams.startServer(HELLO, "127.0.0.1", port, this.network.options());
					RawClient next = RawClient.connect(after.addresses().getFirst())) {
				assertThat(next.readToEnd()).isEqualTo("hi");
			}
		});
		client.close();
	}

}
