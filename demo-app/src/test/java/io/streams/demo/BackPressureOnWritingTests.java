package io.streams.demo;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

import io.streams.BufferSnapshot;
import io.streams.ConnectionSnapshot;
import io.streams.StreamConnection;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a handler that writes more than its client takes: drain holds it until the
 * buffer is at the low mark, and no longer.
 */
@Tag("slow")
@DemoTest
class BackPressureOnWritingTests {

	@Autowired
	private StreamServers servers;

	@Autowired
	private BurstServer burst;

	@Autowired
	private Actuator actuator;

	@Test
	void drainWaitsForTheLowMarkAndIsMeasured() throws Exception {
		double drains = drainTime("COUNT");
		double seconds = drainTime("TOTAL_TIME");
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.servers.get("burst").port())) {
			await().atMost(Duration.ofSeconds(2)).until(() -> snapshot() != null && snapshot().drainWaiters() == 1);
			assertThat(snapshot().writing().pauses().paused()).isTrue();
			assertThat(snapshot().writing().buffered()).isGreaterThan(snapshot().writing().marks().high());
			socket.getInputStream().skipNBytes(BurstServer.BYTES);
			BufferSnapshot drained = this.burst.awaitDrained();
			assertThat(drained.pauses().paused()).isFalse();
			assertThat(drained.pauses().pauses()).isOne();
			assertThat(drained.buffered()).isLessThanOrEqualTo(drained.marks().low());
			assertThat(socket.getInputStream().read()).as("end of the stream").isEqualTo(-1);
		}
		await().untilAsserted(() -> assertThat(drainTime("COUNT")).isEqualTo(drains + 1));
		assertThat(drainTime("TOTAL_TIME")).isGreaterThan(seconds);
	}

	private ConnectionSnapshot snapshot() {
		return this.servers.get("burst")
			.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.findFirst()
			.orElse(null);
	}

	private double drainTime(String statistic) {
		return this.actuator.metric("streams.drain.time", statistic, "server:burst");
	}

}
