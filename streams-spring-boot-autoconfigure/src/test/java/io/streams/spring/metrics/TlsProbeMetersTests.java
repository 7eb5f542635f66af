package io.streams.spring.metrics;

import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

import javax.net.ssl.SSLContext;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.streams.ServerOptions;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.spring.server.TestCertificate;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The meters of a health check that connects to a port that speaks TLS and closes. The
 * shipped alert watches the rejected clients.
 */
@Timeout(60)
class TlsProbeMetersTests {

	private static final int PROBES = 10;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void probesAreNotAmongTheRejectedClients(@TempDir Path directory) throws Exception {
		SSLContext context = TestCertificate.create(directory, "main.test").trusting();
		ServerOptions options = ServerOptions.builder()
			.listener(new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo"))
			.tls(TlsOptions.builder(context).build())
			.build();
		try (StreamServer server = Streams.startServer((reader, writer) -> reader.read(), "127.0.0.1", 0, options)) {
			for (int i = 0; i < PROBES; i++) {
				Socket probe = new Socket("127.0.0.1", server.port());
				probe.setSoLinger(i % 2 == 0, 0);
				probe.close();
			}
			await().until(() -> handshakes("probe") == PROBES);
		}
		assertThat(handshakes("failed")).isZero();
		assertThat(this.registry.find("streams.connections.rejected").counters()).isNotEmpty()
			.extracting(Counter::count)
			.containsOnly(0.0);
	}

	private long handshakes(String outcome) {
		return this.registry.get("streams.tls.handshake.time").tag("outcome", outcome).timer().count();
	}

}
