package io.streams.loop;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.streams.buffer.MemoryBudget;
import io.streams.flow.CarrierWait;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the event loops once a second, and names what blocks one: its stack and the
 * connection or the handler at work are logged while it is stuck, once for each time that
 * it is. Where the loop runs the handlers, one of them may be what it waits for: then
 * others run them.
 * <p>
 * While memory is scarce it looks ten times a second, and asks the loops to act.
 * <p>
 * asyncio counterpart: the debug mode's report of slow callbacks, which comes afterwards.
 */
final class LoopWatchdog implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(LoopWatchdog.class);

	private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final int STACK_DEPTH = 12;

	private static final long SCARCE_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final LoopGroup group;

	private final Thread thread;

	/** Made once: it is called when memory grows. */
	private final Runnable wakeUp;

	private volatile boolean closed;

	/** Watchdog only: when the loops were last looked at. */
	private long lookedAt = System.nanoTime();

	private LoopWatchdog(LoopGroup group) {
		this.group = group;
		this.thread = Thread.ofPlatform().daemon().name("streams-loop-watchdog").unstarted(this);
		this.wakeUp = () -> LockSupport.unpark(this.thread);
	}

	/**
	 * Starts a watchdog; a platform thread, as a blocked loop may hold the last carrier.
	 */
	static LoopWatchdog start(LoopGroup group) {
		LoopWatchdog watchdog = new LoopWatchdog(group);
		MemoryBudget.addWatcher(watchdog.wakeUp);
		watchdog.thread.start();
		return watchdog;
	}

	@Override
	public void run() {
		while (!this.closed) {
			LockSupport.parkNanos(this, MemoryBudget.isScarce() ? SCARCE_PERIOD_NANOS : PERIOD_NANOS);
			try {
				look();
			}
			catch (Throwable ex) {
				// Without memory above all: then the next look may do it.
				MemoryReserve.release();
			}
		}
	}

	private void look() {
		List<EventLoop> loops = this.group.started();
		boolean scarce = MemoryBudget.update() != MemoryBudget.Level.FREE;
		for (EventLoop loop : loops) {
			loop.relief().ask(scarce);
		}
		if (!scarce) {
			this.group.memoryIsFree();
		}
		long now = System.nanoTime();
		if (now - this.lookedAt >= PERIOD_NANOS / 2) {
			this.lookedAt = now;
			loops.forEach(LoopWatchdog::check);
			List<EventLoop> starved = loops.stream().filter((loop) -> loop.health().isFoundStarved(now)).toList();
			if (!starved.isEmpty()) {
				reportStarved(starved);
			}
			loops.forEach(EventLoop::substituteThread);
			MemoryReserve.fill();
		}
	}

	void close() {
		this.closed = true;
		MemoryBudget.removeWatcher(this.wakeUp);
		LockSupport.unpark(this.thread);
	}

	/** One report for all loops, which wait for the same carriers. */
	private void reportStarved(List<EventLoop> starved) {
		List<Thread> holders = this.group.handlerThreads().stream().filter(CarrierWait::isMounted).toList();
		String names = holders.stream().map(Thread::toString).collect(Collectors.joining(", "));
		logger
			.warn("Event loops {} are ready and have not run for two seconds: other virtual threads hold all carriers."
					+ " Platform threads take their place. {}. A handler that computes, or waits in native code, takes platform"
					+ " threads (handler-threads=platform) or an executor. See"
					+ " docs/spring-boot.md#busy-handlers.{}", starved,
					holders.isEmpty() ? "No handler of a server is among them" : "The handlers that hold one: " + names,
					holders.isEmpty() ? "" : text(holders.getFirst().getStackTrace()));
	}

	private static void check(EventLoop loop) {
		long busy = loop.health().busyNanos();
		if (busy < PERIOD_NANOS) {
			return;
		}
		loop.rescueHandlers();
		if (!loop.health().isStuckSinceLastLook()) {
			return;
		}
		long millis = TimeUnit.NANOSECONDS.toMillis(busy);
		Object worker = loop.health().atWork();
		if (worker instanceof CarriedHandlers.HandlerTask task) {
			reportHandler(loop, millis, task);
		}
		else {
			reportCall(loop, millis, (worker != null) ? worker : "a task");
		}
	}

	private static void reportCall(EventLoop loop, long millis, Object worker) {
		logger.warn(
				"Event loop {} has been in one call for {} ms, at work for {}. All its connections wait: do not"
						+ " block in an AsyncConnectionHandler or a StreamListener. See"
						+ " docs/flow-control.md#blocked-loop.{}",
				loop, millis, worker, text(loop.health().stackTrace()));
	}

	/** The handler's own stack, which is not in that of the loop that carries it. */
	private static void reportHandler(EventLoop loop, long millis, CarriedHandlers.HandlerTask task) {
		logger.warn(
				"Event loop {} has been in one turn for {} ms, and runs {}. All its connections wait: a"
						+ " handler that computes, or calls what pins its thread, keeps a loop waiting that carries"
						+ " its handlers (LoopThreads.CARRIER). Hand the work to an executor, or take virtual"
						+ " loops. See docs/flow-control.md#blocked-loop.{}",
				loop, millis, task, text(task.stackTrace()));
	}

	private static String text(StackTraceElement[] stack) {
		return Stream.of(stack)
			.limit(STACK_DEPTH)
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

}
