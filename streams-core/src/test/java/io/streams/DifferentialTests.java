package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs random clients, reproducible by their seed, against CPython's asyncio and against
 * this library, with twin handlers: every byte that comes back, the end of the stream and
 * the end of the handler must be the same.
 * <p>
 * Kept out of the scripts, because it differs by design (ASYNCIO.md, A.10): unread
 * complete messages before a reset, closing over unread input, and aborting.
 */
class DifferentialTests {

	private static final int SCRIPTS = Integer.getInteger("streams.scripts", 250);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@Test
	@Timeout(120)
	void behavesAsAsyncioAtTheSocket() throws Exception {
		long seed = Long.getLong("streams.seed", System.nanoTime());
		System.out.println("DifferentialTests: -Dstreams.seed=" + seed);
		long began = System.nanoTime();
		Logger handlers = (Logger) LoggerFactory.getLogger(ConnectionHandler.class);
		handlers.setLevel(Level.OFF);
		List<String> differences = new ArrayList<>();
		try (PythonServer python = PythonServer.start("differential_server.py", this.directory);
				StreamServer java = Streams.startServer(new DifferentialHandler(), "127.0.0.1", 0,
						ServerOptions.builder().limit(DifferentialScript.LIMIT).build());
				DifferentialClient toPython = connect(python.port());
				DifferentialClient toJava = connect(java.port())) {
			for (int i = 0; i < SCRIPTS; i++) {
				DifferentialScript script = DifferentialScript.random(i, new Random(seed + i), python.isAtLeast(3, 13));
				String expected = toPython.run(script);
				String actual = toJava.run(script);
				if (!actual.equals(expected)) {
					differences.add("script " + i + " of seed " + seed + ": " + script + "\nasyncio: " + expected
							+ "\nhere:    " + actual);
				}
			}
		}
		finally {
			handlers.setLevel(null);
		}
		System.out.printf("DifferentialTests: %d scripts, %d ms%n", SCRIPTS,
				Duration.ofNanos(System.nanoTime() - began).toMillis());
		assertThat(differences).isEmpty();
	}

	private static DifferentialClient connect(int port) throws IOException {
		return new DifferentialClient(InetAddress.getLoopbackAddress(), port);
	}

}
