package io.streams.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.ServerState;
import io.streams.StreamServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ServerViews}.
 */
class ServerViewsTests {

	private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

	private static final ConnectionSnapshot CONNECTION = mock();

	private final ServerHistory history = new ServerHistory();

	private final StreamServer server = server();

	private final AtomicLong now = new AtomicLong();

	private final AtomicInteger renderings = new AtomicInteger();

	@ParameterizedTest
	@CsvSource({ "501, 2, 20", "501, 50, 500", "10000, 30, 300", "200000, 400, 1000" })
	void viewOfManyConnectionsIsReusedForTenTimesItsCost(int connections, long cost, long reuse) {
		ServerViews views = views(connections, cost);
		ServerView first = view(views);
		this.now.addAndGet(reuse * MILLISECOND - 1);
		assertThat(view(views)).isSameAs(first);
		this.now.addAndGet(1);
		assertThat(view(views)).isNotSameAs(first);
		assertThat(this.renderings).hasValue(2);
	}

	@Test
	void viewOfFewConnectionsIsNotReused() {
		ServerViews views = views(ServerViews.SMALL, 50);
		ServerView first = view(views);
		assertThat(view(views)).isNotSameAs(first);
	}

	@Test
	void actionEndsReuse() {
		ServerViews views = views(10_000, 50);
		ServerView first = view(views);
		views.changed("server");
		ServerView second = view(views);
		assertThat(second).isNotSameAs(first);
		assertThat(view(views)).isSameAs(second);
	}

	@Test
	void viewFromBeforeAnActionIsNotSharedAfterwards() {
		List<ServerViews> holder = new ArrayList<>();
		ServerViews views = new ServerViews((server, history) -> {
			this.now.addAndGet(50 * MILLISECOND);
			if (this.renderings.getAndIncrement() == 0) {
				holder.get(0).changed("server");
			}
			return viewOf(10_000);
		}, this.now::get, new Turn());
		holder.add(views);
		assertThat(view(views)).isNotSameAs(view(views));
	}

	@Test
	void serverThatIsStartedAgainHasItsOwnView() {
		ServerViews views = views(10_000, 50);
		ServerView first = view(views);
		assertThat(views.of(server(), this.history)).isNotSameAs(first);
	}

	@Test
	void parallelRequestsShareOneRendering() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		AtomicInteger running = new AtomicInteger();
		List<Integer> parallel = Collections.synchronizedList(new ArrayList<>());
		ServerViews views = new ServerViews((server, history) -> {
			parallel.add(running.incrementAndGet());
			uncheckedAwait(go);
			running.decrementAndGet();
			return viewOf(3);
		}, System::nanoTime, new Turn(Duration.ofMinutes(1)));
		List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
		try (ExecutorService executor = Executors.newFixedThreadPool(40)) {
			List<Future<ServerView>> results = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				results.add(executor.submit(() -> {
					threads.add(Thread.currentThread());
					return view(views);
				}));
			}
			await()
				.until(() -> threads.size() == 40 && List.copyOf(threads).stream().allMatch(ServerViewsTests::waits));
			go.countDown();
			for (Future<ServerView> result : results) {
				assertThat(result.get()).isNotNull();
			}
		}
		assertThat(parallel).hasSizeLessThanOrEqualTo(2).containsOnly(1);
	}

	@Test
	void requestDoesNotWaitForever() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		ServerViews views = new ServerViews((server, history) -> {
			started.countDown();
			uncheckedAwait(go);
			return viewOf(3);
		}, System::nanoTime, new Turn(Duration.ofMillis(20)));
		try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
			Future<ServerView> first = executor.submit(() -> view(views));
			started.await();
			assertThatExceptionOfType(BusyException.class).isThrownBy(() -> view(views))
				.withMessageContaining("ask again later");
			go.countDown();
			assertThat(first.get()).isNotNull();
		}
		assertThat(view(views)).isNotNull();
	}

	private ServerView view(ServerViews views) {
		return views.of(this.server, this.history);
	}

	/** Renders views of some connections, each of which takes some milliseconds. */
	private ServerViews views(int connections, long cost) {
		return new ServerViews((server, history) -> {
			this.renderings.incrementAndGet();
			this.now.addAndGet(cost * MILLISECOND);
			return viewOf(connections);
		}, this.now::get, new Turn());
	}

	private static ServerView viewOf(int connections) {
		ServerSnapshot snapshot = new ServerSnapshot("server", ServerState.SERVING, List.of(), false, false,
				connections, connections, connections, 0);
		return new ServerView(Instant.now(), snapshot, Collections.nCopies(connections, CONNECTION), Map.of(),
				List.of(), ServerDescriptor.of(Instant.now(), snapshot, List.of(), new ServerHistory()));
	}

	private static StreamServer server() {
		StreamServer server = mock();
		given(server.name()).willReturn("server");
		return server;
	}

	private static boolean waits(Thread thread) {
		return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
	}

	private static void uncheckedAwait(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
