package io.streams;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Clients that do not mean a port that speaks TLS: probes, which send nothing, and other
 * protocols.
 */
@Timeout(30)
class TlsProbeTests extends NetworkFixture {

	private static final int PROBES = 20;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.streams");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void capture() {
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setLevel(Level.DEBUG);
	}

	@AfterEach
	void release() {
		this.logger.setLevel(null);
		this.logger.detachAppender(this.log);
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "reset", "shutdownOutput" })
	void probeIsSilentAndNotRejected(String end) throws Exception {
		StreamServer server = serve();
		for (int i = 0; i < PROBES; i++) {
			RawClient client = this.network.connectRaw(server);
			switch (end) {
				case "close" -> client.close();
				case "reset" -> client.reset();
				default -> client.shutdownOutput();
			}
		}
		await().until(() -> this.events.count("handshakeFinished") == PROBES);
		assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
			.containsOnly(HandshakeOutcome.PROBE);
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(server.snapshot().rejectedConnections()).isZero();
		assertThat(this.events.count("rejected")).isZero();
		assertThat(List.copyOf(this.log.list)).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void clientThatLeavesAfterOneByteIsRejected(boolean reset) throws Exception {
		StreamServer server = serve();
		RawClient client = this.network.connectRaw(server);
		client.send(new byte[] { 22 });
		await().until(() -> server.snapshot().activeConnections() == 1);
		if (reset) {
			client.reset();
		}
		else {
			client.close();
		}
		await().until(() -> this.events.count("handshakeFinished") == 1);
		assertThat(this.events.events("handshakeFinished").getFirst().detail()).isEqualTo(HandshakeOutcome.FAILED);
		assertThat(this.events.count("rejected")).isOne();
	}

	/** The client had asked for TLS, and was not a probe. */
	@Test
	void clientThatLeavesAfterStartTlsIsNoProbe() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.startTls(TlsOptions.builder(TestIdentity.SERVER.context()).build());
		});
		RawClient client = this.network.connectRaw(server);
		client.send("STARTTLS\n");
		client.shutdownOutput();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
			.doesNotContain(HandshakeOutcome.PROBE);
	}

	@ParameterizedTest
	@MethodSource("protocols")
	void otherProtocolIsNamedInOneDebugLine(byte[] bytes, String name) throws Exception {
		StreamServer server = serve();
		RawClient client = this.network.connectRaw(server);
		client.send(bytes);
		client.readToEnd();
		await().until(() -> this.events.count("handshakeFinished") == 1);
		assertThat(List.copyOf(this.log.list)).filteredOn((event) -> event.getLevel() == Level.DEBUG)
			.filteredOn((event) -> event.getFormattedMessage().contains("TLS handshake"))
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getFormattedMessage()).contains(name);
				assertThat(event.getThrowableProxy()).isNull();
			});
		assertThat(this.events.events("handshakeFinished").getFirst().cause()).hasMessageContaining(name);
	}

	static Stream<Arguments> protocols() {
		byte[] version2 = { 13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12, 127, 0, 0, 1, 127, 0, 0,
				1, 1, 2, 3, 4 };
		return Stream.of(
				argumentSet("PROXY v1", bytes("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"),
						"PROXY protocol, version 1"),
				argumentSet("PROXY v1, unknown", bytes("PROXY UNKNOWN\r\n"), "PROXY protocol, version 1"),
				argumentSet("PROXY v2", version2, "PROXY protocol, version 2"),
				argumentSet("HTTP", bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP request"),
				argumentSet("HTTP POST", bytes("POST /a HTTP/1.1\r\n\r\n"), "HTTP request"),
				argumentSet("HTTP OPTIONS", bytes("OPTIONS * HTTP/1.1\r\n\r\n"), "HTTP request"),
				argumentSet("HTTP/2", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "HTTP request"),
				argumentSet("SSH", bytes("SSH-2.0-OpenSSH_9.6\r\n"), "SSH"));
	}

	private StreamServer serve() throws Exception {
		return this.network.with((options) -> options.tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()))
			.serve((reader, writer) -> reader.read());
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
