package io.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * One random conversation of {@link PropertyRounds}: a server of its own, and clients
 * that are not of this library. Its constructor draws the plan, which {@link #toString()}
 * shows.
 */
abstract class PropertyRound implements AutoCloseable {

	/** No wait of a round takes as long, unless something is lost. */
	static final Duration PATIENCE = Duration.ofSeconds(20);

	final PropertyKind kind;

	final RecordingListener events = new RecordingListener();

	final TestNetwork network;

	final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final List<PropertyPeer> peers = new CopyOnWriteArrayList<>();

	/** Opened when the round is over: pauses end then. */
	private final CountDownLatch over = new CountDownLatch(1);

	PropertyRound(PropertyKind kind, Path directory) {
		this.kind = kind;
		this.network = new TestNetwork(kind.transport(), directory).with((options) -> options.listener(this.events));
	}

	/**
	 * Connects a client, which is closed after the round.
	 * @param receiveBuffer bytes of its receive buffer, or 0 for the system's choice
	 */
	PropertyPeer connect(StreamServer server, int receiveBuffer) throws IOException {
		PropertyPeer peer = new PropertyPeer(this.kind, server.addresses().getFirst(), receiveBuffer);
		this.peers.add(peer);
		return peer;
	}

	/** Plays the round and checks what came of it. */
	abstract void play() throws Exception;

	/** Returns the state that a failure shows besides the plan. */
	String state() {
		return "events " + this.events.names() + ", closed " + this.events.closeReasons() + " "
				+ this.events.events("closed").stream().map(RecordingListener.Event::cause).toList();
	}

	/**
	 * Fails the round.
	 * @param rule the broken rule, in a few words without a colon
	 */
	static AssertionError broken(String rule, String detail) {
		return new AssertionError(rule + ": " + detail);
	}

	/** The pace of a slow client or a busy handler; returns at once after the round. */
	void pace(long micros) {
		try {
			if (micros > 0) {
				this.over.await(micros, TimeUnit.MICROSECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Waits for a condition, for so long at most. */
	boolean awaitWithin(Duration longest, BooleanSupplier condition) {
		long end = System.nanoTime() + longest.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end > 0) {
				return false;
			}
			pace(2_000);
		}
		return true;
	}

	/** The result of something that must end. */
	static <T> T ended(String what, Future<T> future) throws InterruptedException {
		try {
			return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw broken("hang", what + " has not ended after " + PATIENCE);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof AssertionError failure) {
				throw failure;
			}
			throw new AssertionError("unexpected: " + what + " failed with " + ex.getCause(), ex.getCause());
		}
	}

	static <T> T pick(Random random, T[] values) {
		return values[random.nextInt(values.length)];
	}

	static int pick(Random random, int... values) {
		return values[random.nextInt(values.length)];
	}

	/** A number whose magnitude is random. */
	static int magnitude(Random random, int largest) {
		return (int) Math.exp(random.nextDouble() * Math.log(largest));
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.over.countDown();
		for (PropertyPeer peer : this.peers) {
			peer.close();
		}
		this.network.close();
		this.threads.shutdownNow();
		this.threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

}
