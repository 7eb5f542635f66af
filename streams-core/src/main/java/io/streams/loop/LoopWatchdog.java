package io.streams.loop;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the event loops once a second, and names whoever blocks one: its stack and the
 * connection or the handler at work are logged while it is stuck, once for each time that
 * it is. Where the loop runs the handlers, one of them may be what it waits for: then
 * others run them.
 * <p>
 * asyncio counterpart: the debug mode's report of slow callbacks, which comes afterwards.
 */
final class LoopWatchdog implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(LoopWatchdog.class);

	private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final int STACK_DEPTH = 12;

	private final Supplier<List<EventLoop>> loops;

	private volatile boolean closed;

	private LoopWatchdog(Supplier<List<EventLoop>> loops) {
		this.loops = loops;
	}

	/**
	 * Starts a watchdog; a platform thread, as a blocked loop may hold the last carrier.
	 */
	static LoopWatchdog start(Supplier<List<EventLoop>> loops) {
		LoopWatchdog watchdog = new LoopWatchdog(loops);
		Thread.ofPlatform().daemon().name("streams-loop-watchdog").start(watchdog);
		return watchdog;
	}

	@Override
	public void run() {
		while (!this.closed) {
			LockSupport.parkNanos(this, PERIOD_NANOS);
			this.loops.get().forEach(LoopWatchdog::check);
		}
	}

	void close() {
		this.closed = true;
	}

	private static void check(EventLoop loop) {
		long busy = loop.busyNanos();
		if (busy < PERIOD_NANOS) {
			return;
		}
		loop.rescueHandlers();
		if (!loop.isStuckSinceLastLook()) {
			return;
		}
		long millis = TimeUnit.NANOSECONDS.toMillis(busy);
		Object worker = loop.atWork();
		if (worker instanceof HandlerScheduler.Stretch stretch) {
			reportHandler(loop, millis, stretch);
		}
		else {
			reportCall(loop, millis, (worker != null) ? worker : "a task");
		}
	}

	private static void reportCall(EventLoop loop, long millis, Object worker) {
		logger.warn("Event loop {} has been in one call for {} ms, at work for {}. All its connections wait: do not"
				+ " block in an AsyncConnectionHandler or a StreamListener. See"
				+ " docs/flow-control.md#blocked-loop.{}", loop, millis, worker, text(loop.stackTrace()));
	}

	/** The handler's own stack, which is not in that of the loop that carries it. */
	private static void reportHandler(EventLoop loop, long millis, HandlerScheduler.Stretch stretch) {
		logger.warn(
				"Event loop {} has been in one turn for {} ms, and runs {}. All its connections wait: a"
						+ " handler that computes, or calls what pins its thread, keeps a loop waiting that carries"
						+ " its handlers (LoopThreads.CARRIER). Hand the work to an executor, or take virtual"
						+ " loops. See docs/flow-control.md#blocked-loop.{}",
				loop, millis, stretch, text(stretch.stackTrace()));
	}

	private static String text(StackTraceElement[] stack) {
		return Stream.of(stack)
			.limit(STACK_DEPTH)
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

}
