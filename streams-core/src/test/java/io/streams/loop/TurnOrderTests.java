package io.streams.loop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the order of a loop's work: many sockets that are ready to be written to do not
 * keep clients and input waiting, and the loop leaves none of them out.
 */
@Timeout(20)
class TurnOrderTests {

	private static final int TURNS = 60;

	/** The turns and the handled sockets, in their order. */
	private final Queue<String> events = new ConcurrentLinkedQueue<>();

	private final CountDownLatch done = new CountDownLatch(1);

	@ParameterizedTest
	@EnumSource(value = LoopThreads.class, names = { "VIRTUAL", "PLATFORM" })
	void inputComesBeforeOutputAndOutputInItsOrder(LoopThreads threads) throws Exception {
		long seed = System.nanoTime();
		System.out.println("TurnOrderTests: seed " + seed);
		EventLoop loop = new EventLoop(null, "loop", threads, new NoSockets() {

			@Override
			public Poller openPoller() {
				return new Turns(new Random(seed));
			}

		});
		loop.start();
		assertThat(this.done.await(10, TimeUnit.SECONDS)).isTrue();
		loop.close();
		assertThat(loop.awaitTermination(TimeUnit.SECONDS.toNanos(5))).isTrue();
		assertOrder(new ArrayList<>(this.events));
	}

	private static void assertOrder(List<String> events) {
		List<String> unread = new ArrayList<>();
		List<String> unwritten = new ArrayList<>();
		int putOff = 0;
		for (String event : events) {
			String[] parts = event.split(" ");
			switch (parts[0]) {
				case "turn" -> {
					assertThat(unread).as("input that waits for another turn").isEmpty();
					putOff += unwritten.isEmpty() ? 0 : 1;
				}
				case "read-ready" -> unread.add(parts[1]);
				case "write-ready" -> {
					if (!unwritten.contains(parts[1])) {
						unwritten.add(parts[1]);
					}
				}
				case "read" -> assertThat(unread.remove(parts[1])).isTrue();
				default -> {
					assertThat(unread).as("input behind output").isEmpty();
					assertThat(unwritten.removeFirst()).isEqualTo(parts[1]);
				}
			}
		}
		assertThat(unwritten).isEmpty();
		assertThat(putOff).as("turns that were over before all output").isPositive();
	}

	/** Tells of random sockets in each turn, then of none. */
	private final class Turns extends NoSockets.NothingReady {

		private final Random random;

		private final List<Socket> sockets = new ArrayList<>();

		private int turns;

		Turns(Random random) {
			this.random = random;
			for (int i = 0; i < 100; i++) {
				this.sockets.add(new Socket(i));
			}
		}

		@Override
		public void poll(Consumer<PolledSocket> ready) throws IOException {
			TurnOrderTests.this.events.add("turn");
			if (this.turns++ >= TURNS) {
				return;
			}
			boolean many = this.random.nextBoolean();
			for (Socket socket : this.sockets) {
				if (this.random.nextInt(many ? 2 : 50) == 0) {
					// A socket stays in what it is ready for until the loop has come to
					// it.
					socket.becomeReady(socket.putOff || this.random.nextInt(4) != 0);
					ready.accept(socket);
				}
			}
		}

		@Override
		public void await(long nanos, Consumer<PolledSocket> ready) {
			if (this.turns >= TURNS) {
				TurnOrderTests.this.done.countDown();
			}
		}

	}

	/** A socket that is its own handler. Event loop only. */
	private final class Socket implements PolledSocket, ReadyHandler {

		private final String name;

		private int operations;

		private boolean putOff;

		Socket(int number) {
			this.name = String.valueOf(number);
		}

		void becomeReady(boolean output) {
			this.operations = output ? WRITE : READ;
			TurnOrderTests.this.events.add((output ? "write-ready " : "read-ready ") + this.name);
		}

		@Override
		public void ready(int operations) {
			TurnOrderTests.this.events.add(((operations == WRITE) ? "write " : "read ") + this.name);
			long began = System.nanoTime();
			while (operations == WRITE && System.nanoTime() - began < 200_000) {
				Thread.onSpinWait();
			}
		}

		@Override
		public boolean isPutOff() {
			return this.putOff;
		}

		@Override
		public void setPutOff(boolean putOff) {
			this.putOff = putOff;
		}

		@Override
		public void register(Poller poller, int interest, ReadyHandler handler) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void setInterest(int interest) {
			throw new UnsupportedOperationException();
		}

		@Override
		public ReadyHandler handler() {
			return this;
		}

		@Override
		public void setHandler(ReadyHandler handler) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int readyOperations() {
			return this.operations;
		}

		@Override
		public boolean isOpen() {
			return true;
		}

		@Override
		public void close() {
		}

		@Override
		public void loopClosed() {
		}

		@Override
		public void notWatched(IOException cause) {
			throw new AssertionError(cause);
		}

	}

}
