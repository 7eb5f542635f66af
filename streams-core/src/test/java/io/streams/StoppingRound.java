package io.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import io.streams.StoppingClient.Request;

/**
 * Conversations in frames, and uploads, while their server stops. A request that had
 * begun to arrive is answered, no handler takes a part for the whole, and handlers that
 * wait for a quiet peer end long before the grace period.
 */
final class StoppingRound extends PropertyRound {

	/** From the last byte of a client to the end of the stop, on a busy machine. */
	private static final Duration SLACK = Duration.ofSeconds(4);

	private final StoppingPlan plan;

	private final StoppingHandler handler;

	StoppingRound(Random random, Path directory) {
		this(new StoppingPlan(random), directory);
	}

	private StoppingRound(StoppingPlan plan, Path directory) {
		super(plan.kind, directory);
		this.plan = plan;
		this.handler = new StoppingHandler(plan.style);
	}

	@Override
	public String toString() {
		return this.plan.toString();
	}

	@Override
	String state() {
		return "handlers " + this.handler.endings() + ", " + super.state();
	}

	@Override
	void play() throws Exception {
		this.network.with((options) -> options.lingerTimeout(Duration.ofMillis(500)));
		this.network.with((options) -> options.quietPeriod(this.plan.quiet())
			.limit(1 << 20)
			.tls(this.kind.tls(Duration.ofSeconds(2))));
		StreamServer server = this.network.serve(this.handler);
		CountDownLatch stop = new CountDownLatch(1);
		List<StoppingClient> clients = new ArrayList<>();
		List<Future<?>> running = new ArrayList<>();
		for (int i = 0; i < this.plan.clients; i++) {
			StoppingClient client = new StoppingClient(this, this.plan, connect(server, 0), i, (i == 0) ? stop : null);
			clients.add(client);
			running.add(this.threads.submit(() -> {
				client.run();
				return null;
			}));
		}
		awaitWithin(PATIENCE, () -> server.connections().size() + this.handler.endings().size() >= this.plan.clients);
		stop.await();
		pace(this.plan.stopDelayMicros);
		long stopAt = System.nanoTime();
		StopReport report = ended("the stop", this.threads.submit(() -> server.stop(this.plan.grace())));
		Duration took = Duration.ofNanos(System.nanoTime() - stopAt);
		for (Future<?> client : running) {
			ended("a client", client);
		}
		check(clients, stopAt);
		if ((!report.isGraceful() && !this.plan.endless) || took.compareTo(this.plan.longestStop().plus(SLACK)) > 0) {
			throw broken("a stop waits though clients are quiet at " + this.plan.style, took + ", " + report);
		}
		if (this.plan.endless && this.plan.clients == 1 && this.handler.endings().contains("returned")) {
			throw broken("a part passes for the whole at STOP of endless " + this.plan.style, report.toString());
		}
	}

	private void check(List<StoppingClient> clients, long stopAt) {
		for (StoppingClient client : clients) {
			List<Request> requests = client.requests();
			for (int i = client.answers(); i < requests.size(); i++) {
				if (requests.get(i).isToBeAnswered(stopAt, this.plan.longestPause())) {
					throw broken("a request is cut at STOP of " + this.plan.style, "request " + i + " of "
							+ requests.size() + " has no answer; stop at " + stopAt + ", " + requests);
				}
			}
		}
	}

}
