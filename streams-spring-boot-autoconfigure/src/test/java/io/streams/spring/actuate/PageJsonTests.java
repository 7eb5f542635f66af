package io.streams.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.streams.ServerSnapshot;
import io.streams.ServerState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PageJson}.
 */
class PageJsonTests {

	private final AtomicInteger writes = new AtomicInteger();

	private final Turn turn = new Turn(Duration.ofMinutes(1));

	private final PageJson json = new PageJson(
			(page) -> ("" + this.writes.incrementAndGet()).getBytes(StandardCharsets.UTF_8));

	@Test
	void samePageIsWrittenOnce() throws Exception {
		ServerView view = view();
		try (ExecutorService executor = Executors.newFixedThreadPool(40)) {
			List<Callable<byte[]>> requests = IntStream.range(0, 40)
				.<Callable<byte[]>>mapToObj((i) -> () -> this.json.write(page(view, 0, null), this.turn))
				.toList();
			for (Future<byte[]> answer : executor.invokeAll(requests)) {
				assertThat(answer.get()).asString(StandardCharsets.UTF_8).isEqualTo("1");
			}
		}
		assertThat(this.writes).hasValue(1);
	}

	@Test
	void otherPageIsWrittenAnew() {
		ServerView view = view();
		this.json.write(page(view, 0, null), this.turn);
		this.json.write(page(view, 1, null), this.turn);
		this.json.write(page(view, 1, ConnectionFilter.HELD), this.turn);
		this.json.write(page(view(), 1, ConnectionFilter.HELD), this.turn);
		assertThat(this.writes).hasValue(4);
	}

	@Test
	void onlyOnePageIsWrittenAtATime() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		Turn impatient = new Turn(Duration.ofMillis(20));
		PageJson slow = new PageJson((page) -> {
			started.countDown();
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return new byte[0];
		});
		try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
			Future<byte[]> first = executor.submit(() -> slow.write(page(view(), 0, null), impatient));
			started.await();
			assertThatExceptionOfType(BusyException.class)
				.isThrownBy(() -> slow.write(page(view(), 1, null), impatient));
			go.countDown();
			assertThat(first.get()).isEmpty();
		}
	}

	private static ServerPage page(ServerView view, int number, ConnectionFilter filter) {
		return new ServerPage(view, number, 50, filter);
	}

	private static ServerView view() {
		ServerSnapshot server = new ServerSnapshot("server", ServerState.SERVING, List.of(), false, false, 1, 0, 0, 0);
		return new ServerView(Instant.EPOCH, server, List.of(), Map.of(), List.of(),
				ServerDescriptor.of(Instant.EPOCH, server, List.of(), new ServerHistory()));
	}

}
