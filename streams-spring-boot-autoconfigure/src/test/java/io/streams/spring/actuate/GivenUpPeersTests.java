package io.streams.spring.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.MeterRegistry;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for policies, limits and timeouts as they are configured: each gives up its peer
 * at its deadline, says why in the endpoint, the meters and the log, and harms no other
 * connection of its server.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "management.endpoints.jmx.exposure.include=streams", "spring.jmx.enabled=true",
				"management.endpoints.jmx.domain=given-up", "streams.servers.patient.slow-consumers.max-paused-time=2s",
				"streams.servers.patient.slow-consumers.action=block",
				"streams.servers.closing.slow-consumers.max-paused-time=2s",
				"streams.servers.closing.slow-consumers.action=close", "streams.servers.closing.timeouts.close=1s",
				"streams.servers.aborting.slow-consumers.max-paused-time=2s",
				"streams.servers.aborting.slow-consumers.action=abort", "streams.servers.capped.write.max-buffer=1MB",
				"logging.level.io.streams.StreamConnection=debug", "streams.shutdown.grace-period=1s",
				"streams.servers.stalled.timeouts.write-stall=2s", "streams.servers.stalled.send-buffer=4KB",
				"streams.servers.silent.timeouts.idle=2s", "streams.servers.half-closed.timeouts.half-closed=2s",
				"streams.servers.few.max-connections-per-address=1" })
@AutoConfigureMetrics
@ExtendWith(OutputCaptureExtension.class)
class GivenUpPeersTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Autowired
	private StreamServers servers;

	@Autowired
	private StreamsEndpoint endpoint;

	@Autowired
	private MeterRegistry registry;

	private final List<Socket> clients = new ArrayList<>();

	@AfterEach
	void disconnect() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
	}

	@AfterAll
	static void letHandlersGo() {
		Waiting.over.countDown();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			closing,     slow-consumer,       3, The peer was behind for 2000 ms
			aborting,    slow-consumer,       2, The peer was behind for 2000 ms
			capped,      slow-consumer,       0, was given up: slow-consumer
			stalled,     write-stall-timeout, 2, was given up: write-stall-timeout
			silent,      idle-timeout,        2, is gone: idle-timeout
			half-closed, half-closed-timeout, 2, is gone: half-closed-timeout
			""")
	void peerIsGivenUpAtItsDeadlineWithItsReason(String server, String reason, int seconds, String logged,
			CapturedOutput output) throws Exception {
		Reading healthy = new Reading(connect(server));
		await().until(() -> healthy.isAlive() && active(server) == 1);
		String survivor = this.servers.get(server).connections().iterator().next().id();
		Instant started = Instant.now();
		Socket given = connect(server);
		switch (server) {
			case "half-closed" -> given.shutdownOutput();
			case "capped" -> given.getOutputStream().write("flood\n".getBytes(StandardCharsets.US_ASCII));
			default -> {
			}
		}
		await().atMost(Duration.ofSeconds(seconds + 3)).until(() -> {
			healthy.speak();
			return !this.endpoint.server(server, null, null, null).lastClosed().isEmpty();
		});
		ServerConnectionsDescriptor described = this.endpoint.server(server, null, null, null);
		assertThat(described.closedConnections()).containsOnly(Map.entry(reason, 1L));
		ClosedConnection closed = described.lastClosed().get(0);
		assertThat(closed.reason()).isEqualTo(reason);
		assertThat(closed.remoteAddress()).isEqualTo("127.0.0.1:" + given.getLocalPort());
		assertThat(Duration.between(started, closed.at())).isCloseTo(Duration.ofSeconds(seconds), SECOND);
		assertThat(closedCount(server, reason)).isEqualTo(1);
		assertThat(described.connections()).extracting(ConnectionDescriptor::id).containsExactly(survivor);
		long before = healthy.received();
		await().until(() -> {
			healthy.speak();
			return healthy.received() > before;
		});
		assertThat(output.toString().lines().filter((line) -> line.contains(closed.id()) && line.contains(logged)))
			.hasSize(1);
	}

	@Test
	void whoeverIsPatientGivesUpNobody() throws Exception {
		connect("patient");
		await().until(() -> active("patient") == 1);
		await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(() -> active("patient") == 1);
		assertThat(this.endpoint.server("patient", null, null, ConnectionFilter.WRITING_PAUSED).connections())
			.hasSize(1);
	}

	@Test
	void secondConnectionOfAnAddressIsTurnedAway() throws Exception {
		Reading first = new Reading(connect("few"));
		await().until(() -> active("few") == 1);
		Socket second = connect("few");
		await().until(() -> rejectedCount("few", "address-limit") == 1);
		assertThat(ended(second)).isTrue();
		assertThat(this.endpoint.server("few", null, null, null).rejectedConnections()).isEqualTo(1);
		assertThat(active("few")).isEqualTo(1);
		long before = first.received();
		await().until(() -> first.received() > before);
	}

	private static boolean ended(Socket socket) {
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (IOException ex) {
			// By a reset, which is an end too.
			return true;
		}
	}

	private int active(String server) {
		return this.servers.get(server).connections().size();
	}

	private double closedCount(String server, String reason) {
		return this.registry.get("streams.connections.closed")
			.tags("server", server, "reason", reason)
			.counter()
			.count();
	}

	private double rejectedCount(String server, String reason) {
		return this.registry.get("streams.connections.rejected")
			.tags("server", server, "reason", reason)
			.counter()
			.count();
	}

	private Socket connect(String server) throws IOException {
		Socket socket = new Socket();
		this.clients.add(socket);
		socket.setReceiveBufferSize(4096);
		socket.connect(new InetSocketAddress("127.0.0.1", this.servers.get(server).port()));
		return socket;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Flooding.class, Waiting.class })
	static class TestApplication {

	}

	/** Sends for ever. */
	static class Flooding {

		@StreamHandler(server = "patient", host = "127.0.0.1", port = "0")
		void patient(StreamWriter writer) throws IOException {
			flood(writer);
		}

		@StreamHandler(server = "closing", host = "127.0.0.1", port = "0")
		void closing(StreamWriter writer) throws IOException {
			flood(writer);
		}

		@StreamHandler(server = "aborting", host = "127.0.0.1", port = "0")
		void aborting(StreamWriter writer) throws IOException {
			flood(writer);
		}

		@StreamHandler(server = "stalled", host = "127.0.0.1", port = "0")
		void stalled(StreamWriter writer) throws IOException {
			flood(writer);
		}

		@StreamHandler(server = "few", host = "127.0.0.1", port = "0")
		void few(StreamWriter writer) throws IOException {
			flood(writer);
		}

		private static void flood(StreamWriter writer) throws IOException {
			byte[] kilobyte = new byte[1024];
			while (!writer.isClosing()) {
				writer.write(kilobyte);
				writer.drain();
			}
		}

	}

	/** Answers lines, and some wait when there are no more. */
	static class Waiting {

		static final CountDownLatch over = new CountDownLatch(1);

		@StreamHandler(server = "silent", host = "127.0.0.1", port = "0")
		void silent(StreamReader reader, StreamWriter writer) throws Exception {
			answer(reader, writer);
		}

		@StreamHandler(server = "half-closed", host = "127.0.0.1", port = "0")
		void halfClosed(StreamReader reader, StreamWriter writer) throws Exception {
			answer(reader, writer);
			over.await();
		}

		/** Does not drain, and who asks for much gets much. */
		@StreamHandler(server = "capped", host = "127.0.0.1", port = "0")
		void capped(StreamReader reader, StreamWriter writer) throws IOException {
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				for (int i = 0; i < ((line.length > 1) ? 100 : 1); i++) {
					writer.write(new byte[64 * 1024]);
				}
			}
		}

		private static void answer(StreamReader reader, StreamWriter writer) throws IOException {
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				writer.write(line);
				writer.drain();
			}
		}

	}

	/** A peer that takes what it is sent, and says something now and then. */
	private static final class Reading {

		private final Socket socket;

		private final AtomicLong received = new AtomicLong();

		Reading(Socket socket) {
			this.socket = socket;
			Thread.ofVirtual().start(this::readAll);
			speak();
		}

		private void readAll() {
			byte[] bytes = new byte[64 * 1024];
			try {
				InputStream input = this.socket.getInputStream();
				for (int n; (n = input.read(bytes)) >= 0;) {
					this.received.addAndGet(n);
				}
			}
			catch (IOException ex) {
				// The test is over
			}
		}

		void speak() {
			try {
				this.socket.getOutputStream().write('\n');
			}
			catch (IOException ex) {
				throw new IllegalStateException("the healthy peer was harmed", ex);
			}
		}

		boolean isAlive() {
			return received() > 0;
		}

		long received() {
			return this.received.get();
		}

	}

}
