package io.streams;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.sun.management.HotSpotDiagnosticMXBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays random rounds of a property, some at a time. A round is made of the seed and its
 * number alone: {@code -Dstreams.seed=} repeats a run, {@code -Dstreams.round=} plays one
 * round of it, {@code -Dstreams.rounds=} says how many rounds all properties have
 * together, and {@code -Dstreams.parallel=} how many are played at a time.
 */
final class PropertyRounds {

	/** Of all properties together. */
	private static final int ROUNDS = Integer.getInteger("streams.rounds", 300);

	/** The only round to play, or -1 for all. */
	private static final int ONLY = Integer.getInteger("streams.round", -1);

	private static final int PARALLEL = Integer.getInteger("streams.parallel", 8);

	/** The longest round takes a few seconds on an idle machine. */
	private static final Duration LONGEST = Duration.ofSeconds(40);

	private static final int FAILURES_SHOWN = 6;

	private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

	private final String property;

	private final Maker maker;

	private final long seed = Long.getLong("streams.seed", System.nanoTime());

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	PropertyRounds(String property, Maker maker) {
		this.property = property;
		this.maker = maker;
	}

	/**
	 * Plays a share of the rounds.
	 * @param percent the share of this property
	 */
	void play(int percent) throws InterruptedException {
		int count = Math.max(1, ROUNDS * percent / 100);
		System.out.println("DeliveryPropertyTests, " + this.property + ": -Dstreams.seed=" + this.seed);
		long began = System.nanoTime();
		playAll(count);
		System.out.printf("DeliveryPropertyTests, %s: %d rounds, %d ms, failures: %s%n", this.property, count,
				Duration.ofNanos(System.nanoTime() - began).toMillis(), kinds());
		List<String> shown = new ArrayList<>(this.failures).subList(0, Math.min(FAILURES_SHOWN, this.failures.size()));
		assertThat(shown).as("%d of %d rounds failed: %s", this.failures.size(), count, kinds()).isEmpty();
	}

	private void playAll(int count) throws InterruptedException {
		Semaphore places = new Semaphore(PARALLEL);
		try (ExecutorService players = Executors.newVirtualThreadPerTaskExecutor();
				ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = Math.max(ONLY, 0); i < ((ONLY < 0) ? count : ONLY + 1); i++) {
				int number = i;
				places.acquire();
				watchers.submit(() -> {
					try {
						play(players, number);
					}
					finally {
						places.release();
					}
				});
			}
		}
	}

	private void play(ExecutorService players, int number) {
		String[] plan = { "" };
		try (PropertyRound round = this.maker.make(new Random(mix(number)))) {
			plan[0] = round.toString();
			Future<?> playing = players.submit(() -> {
				round.play();
				return null;
			});
			try {
				playing.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
			}
			catch (TimeoutException ex) {
				failed(number, plan[0],
						"hang: not over after " + LONGEST + ", threads are in " + dump(number) + ", " + round.state());
				playing.cancel(true);
			}
			catch (ExecutionException ex) {
				failed(number, plan[0], describe(ex.getCause()) + ", " + round.state());
			}
		}
		catch (Exception ex) {
			failed(number, plan[0], "setup: " + describe(ex));
		}
	}

	private void failed(int number, String plan, String what) {
		String failure = what + "\n  " + this.property + ", round " + number + ": -Dstreams.seed=" + this.seed
				+ " -Dstreams.round=" + number + "\n  " + plan;
		this.failures.add(failure);
		System.out.println("DeliveryPropertyTests: " + failure);
	}

	private static String describe(Throwable failure) {
		if (failure instanceof AssertionError && failure.getMessage() != null) {
			return failure.getMessage();
		}
		return failure + " at " + (failure.getStackTrace().length > 0 ? failure.getStackTrace()[0] : "?");
	}

	/** The first words of each failure, which name the broken rule, and their numbers. */
	private Map<String, Integer> kinds() {
		Map<String, Integer> kinds = new TreeMap<>();
		this.failures.forEach((failure) -> kinds.merge(failure.split(":", 2)[0], 1, Integer::sum));
		return kinds;
	}

	private long mix(int number) {
		long mixed = (this.seed ^ this.property.hashCode()) * GOLDEN + number * (GOLDEN << 1 | 1);
		mixed = (mixed ^ (mixed >>> 31)) * GOLDEN;
		return mixed ^ (mixed >>> 29);
	}

	private String dump(int number) {
		try {
			Path file = Path.of("target", "property-" + this.property.replace(' ', '-') + "-" + number + ".txt")
				.toAbsolutePath();
			Files.deleteIfExists(file);
			ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
				.dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
			return file.toString();
		}
		catch (IOException ex) {
			return "no file: " + ex;
		}
	}

	/** Makes a round. */
	@FunctionalInterface
	interface Maker {

		/**
		 * Makes a round, which takes all its random numbers from here.
		 */
		PropertyRound make(Random random);

	}

}
