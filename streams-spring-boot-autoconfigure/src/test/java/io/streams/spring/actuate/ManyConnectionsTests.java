package io.streams.spring.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.streams.CloseReason;
import io.streams.ServerSnapshot;
import io.streams.ServerState;
import io.streams.StreamConnection;
import io.streams.StreamPair;
import io.streams.StreamServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for a {@link StreamsEndpoint} that has ten thousand connections to show.
 */
class ManyConnectionsTests {

	private static final int CONNECTIONS = 10_000;

	private static final List<StreamPair> pairs = new ArrayList<>();

	/** How often the connections were asked for. */
	private static final AtomicInteger looks = new AtomicInteger();

	private final JsonMapper json = new JsonMapper();

	private final StreamsHistory history = new StreamsHistory();

	private final StreamsEndpoint endpoint = new StreamsEndpoint(servers(), List::of, this.history,
			new OperatorLog((event) -> {
			}, this.history), false);

	@BeforeAll
	static void connect() {
		for (int i = 0; i < CONNECTIONS / 2; i++) {
			pairs.add(StreamPair.create());
		}
	}

	@AfterAll
	static void disconnect() {
		pairs.forEach(StreamPair::close);
	}

	@Test
	void areListedWithinASecond() {
		List<Listing> listings = IntStream.range(0, 5).mapToObj((i) -> list()).toList();
		Listing best = listings.stream().min(Comparator.comparing(Listing::took)).orElseThrow();
		System.out.println("10 000 connections: listed in " + best.took().toMillis() + " ms, a page of 500 has "
				+ best.text().length() / 1024 + " KiB");
		assertThat(best.took()).isLessThan(Duration.ofSeconds(1));
		assertThat(best.text().length()).isLessThan(2 * 1024 * 1024);
		assertThat(best.page().connections()).hasSize(StreamsEndpoint.MAX_PAGE_SIZE);
		assertThat(best.page().page().totalElements()).isEqualTo(CONNECTIONS);
		ActivitiesDescriptor activity = best.streams().servers().get(0).activity();
		assertThat(activity.current().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CONNECTIONS);
	}

	@Test
	void fortyRequestsAtOnceLookAtConnectionsAFewTimesOnly() throws Exception {
		looks.set(0);
		long started = System.nanoTime();
		try (ExecutorService executor = Executors.newFixedThreadPool(40)) {
			List<Callable<ServerConnectionsDescriptor>> requests = IntStream.range(0, 40)
				.<Callable<ServerConnectionsDescriptor>>mapToObj((i) -> () -> this.endpoint.server("big", i, 50, null))
				.toList();
			List<Future<ServerConnectionsDescriptor>> pages = executor.invokeAll(requests);
			for (Future<ServerConnectionsDescriptor> page : pages) {
				assertThat(page.get().connections()).hasSize(50);
			}
		}
		System.out.println("10 000 connections: 40 requests at once answered in "
				+ Duration.ofNanos(System.nanoTime() - started).toMillis() + " ms, " + looks + " looks");
		assertThat(looks).hasValueLessThan(20);
	}

	private Listing list() {
		long started = System.nanoTime();
		StreamsDescriptor streams = this.endpoint.streams();
		ServerConnectionsDescriptor page = this.endpoint.server("big", 3, StreamsEndpoint.MAX_PAGE_SIZE, null);
		String text = this.json.writeValueAsString(streams) + this.json.writeValueAsString(page);
		return new Listing(streams, page, text, Duration.ofNanos(System.nanoTime() - started));
	}

	@Test
	void haveEventsOnlyWhileTheyAreOpen() {
		ServerHistory server = this.history.of("big");
		List<StreamConnection> connections = connections();
		connections.forEach(server::opened);
		for (int i = 0; i < 100; i++) {
			server.readingPaused(connections.get(0));
		}
		assertThat(server.eventsOf(connections.get(0))).hasSize(ConnectionEvents.CAPACITY)
			.extracting(ConnectionEvent::event)
			.containsOnly("reading-paused");
		assertThat(server.size()).isEqualTo(CONNECTIONS);
		connections.forEach((connection) -> server.closed(connection, CloseReason.CLOSED, null));
		server.readingPaused(connections.get(0));
		assertThat(server.size()).isZero();
	}

	private static List<StreamConnection> connections() {
		return pairs.stream().<StreamConnection>mapMulti((pair, all) -> {
			all.accept(pair.left());
			all.accept(pair.right());
		}).toList();
	}

	private static StreamServers servers() {
		StreamServer server = mock();
		given(server.name()).willReturn("big");
		List<StreamConnection> connections = connections();
		given(server.connections()).willAnswer((call) -> {
			looks.incrementAndGet();
			return connections;
		});
		given(server.snapshot()).willReturn(new ServerSnapshot("big", ServerState.SERVING, List.of(), false, false,
				CONNECTIONS, CONNECTIONS, CONNECTIONS, 0));
		StreamServers servers = mock();
		given(servers.find("big")).willReturn(server);
		given(servers.getRunning()).willReturn(List.of(server));
		return servers;
	}

	private record Listing(StreamsDescriptor streams, ServerConnectionsDescriptor page, String text, Duration took) {
	}

}
