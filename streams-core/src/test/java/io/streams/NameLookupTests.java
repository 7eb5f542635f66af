package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.transport.ConnectFailedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for connecting while the name lookup takes long.
 */
@Tag("sockets")
@Timeout(10)
class NameLookupTests extends NetworkFixture {

	/** The JDK caches a name that was found, so each test has names of its own. */
	private static final AtomicInteger number = new AtomicInteger();

	private final List<CountDownLatch> held = new ArrayList<>();

	@AfterEach
	void releaseLookups() {
		this.held.forEach(CountDownLatch::countDown);
		await().until(() -> lookups().isEmpty());
	}

	@Test
	void timeoutCoversLookup() {
		String name = heldName();
		long started = System.nanoTime();
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(name, 1, options(Duration.ofMillis(200))))
			.withMessageContaining(name)
			.withMessageContaining("200 ms (connect timeout)");
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(200),
				Duration.ofSeconds(5));
	}

	@Test
	void timeoutCoversLookupOfAsynchronousForm() {
		CompletableFuture<StreamConnection> connecting = Streams.openConnectionAsync(heldName(), 1,
				options(Duration.ofMillis(200)));
		assertThat(connecting).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectFailedException.class);
	}

	@Test
	void interruptEndsLookup() throws Exception {
		String name = heldName();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		Thread caller = Thread.ofVirtual().start(() -> {
			try {
				failure.complete(new AssertionError(Streams.openConnection(name, 1, options(Duration.ofMinutes(1)))));
			}
			catch (Exception ex) {
				failure.complete(ex);
			}
		});
		await().until(() -> !lookups().isEmpty());
		caller.interrupt();
		assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class)
			.hasMessageContaining(name);
	}

	@Test
	void cancelledConnectDoesNotConnectAfterLookup() {
		StreamServer server = serveHello();
		String name = heldName();
		CompletableFuture<StreamConnection> connecting = Streams.openConnectionAsync(name, server.port(),
				options(Duration.ofMinutes(1)));
		await().until(() -> !lookups().isEmpty());
		connecting.cancel(true);
		releaseLookups();
		await().during(Duration.ofMillis(50)).until(() -> server.snapshot().acceptedConnections() == 0);
	}

	@Test
	void slowLookupLeavesTimeToConnect() throws Exception {
		StreamServer server = serveHello();
		String name = heldName();
		Future<StreamConnection> connecting = this.threads
			.submit(() -> Streams.openConnection(name, server.port(), options(Duration.ofMinutes(1))));
		await().until(() -> !lookups().isEmpty());
		releaseLookups();
		try (StreamConnection connection = connecting.get(5, TimeUnit.SECONDS)) {
			assertThat(connection.reader().readExactly(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
		}
	}

	/** Abandoned lookups hold no more than a bounded number of threads. */
	@Test
	void lookupsThatNobodyWaitsForAreBounded() throws Exception {
		List<CompletableFuture<StreamConnection>> connecting = new ArrayList<>();
		for (int i = 0; i < 2 * NameLookup.MAX_THREADS; i++) {
			connecting.add(Streams.openConnectionAsync(heldName(), 1, options(Duration.ofMinutes(1))));
		}
		await().until(() -> lookups().size() >= NameLookup.MAX_THREADS);
		assertThat(lookups()).hasSize(NameLookup.MAX_THREADS);
		connecting.forEach((each) -> each.cancel(true));
	}

	@Test
	void addressNeedsNoLookup() throws Exception {
		StreamServer server = serveHello();
		List<String> hosts = new ArrayList<>();
		for (int i = 0; i < NameLookup.MAX_THREADS; i++) {
			hosts.add(heldName());
		}
		hosts.forEach((host) -> Streams.openConnectionAsync(host, 1, options(Duration.ofMinutes(1))));
		await().until(() -> lookups().size() >= NameLookup.MAX_THREADS);
		try (StreamConnection connection = Streams.openConnection("127.0.0.1", server.port(),
				options(Duration.ofSeconds(5)))) {
			assertThat(connection.reader().readExactly(5)).hasSize(5);
		}
	}

	private StreamServer serveHello() {
		try {
			return this.network.serve((reader, writer) -> writer.write("hello".getBytes(StandardCharsets.US_ASCII)));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private String heldName() {
		String name = "held-" + number.incrementAndGet() + ".test";
		this.held.add(StuckNames.hold(name));
		return name;
	}

	/** The threads that are in a lookup which a test holds up. */
	private static List<Thread> lookups() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> Arrays.stream(entry.getValue())
				.anyMatch((frame) -> frame.getClassName().startsWith(StuckNames.class.getName())))
			.map(Map.Entry::getKey)
			.toList();
	}

	private static ConnectOptions options(Duration timeout) {
		return ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).timeout(timeout).build();
	}

}
