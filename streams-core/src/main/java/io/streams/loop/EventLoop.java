package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

import io.streams.buffer.MemoryBudget;
import io.streams.flow.CurrentLoop;
import io.streams.flow.HandlerCarrier;
import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketSystem;
import io.streams.transport.Deadline;
import io.streams.transport.LoopStatistics;
import io.streams.transport.TransportLoop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop: polls its sockets, hands over what came, lets the handlers that it woke
 * run, and sleeps only when nothing came.
 * <p>
 * Where its virtual thread gets no carrier, or the JDK has lost it, a platform thread
 * takes its place ({@link LoopThread}).
 * <p>
 * As a virtual thread it yields after each iteration with work, so that the woken
 * handlers run on its carrier. It clears its interrupt flag each time, because an
 * interrupted thread does not sleep. It survives every {@link Throwable}.
 */
final class EventLoop implements TransportLoop, HandlerCarrier {

	private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

	/** Bytes that one read takes off a socket at the most. */
	static final int READ_BYTES = 64 * 1024;

	private final LoopGroup group;

	private final String name;

	private final Poller poller;

	private final LoopThread thread;

	/** What is read off any socket of this loop passes through it. Event loop only. */
	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);

	private final LoopHandlers handlers;

	private final LoopFailures failures;

	private final LoopTasks tasks = new LoopTasks(this);

	/** Event loop only. */
	private final TimerQueue timers = new TimerQueue();

	private final ReadySockets ready = new ReadySockets(this);

	private final Consumer<PolledSocket> addReady = this.ready::add;

	private final LoopSleep sleep;

	private final LoopTermination termination = new LoopTermination();

	private final DeadPeerProbe deadPeerProbe;

	private final MemoryRelief relief;

	private final LoopHealth health;

	private final LoopTime time;

	/** Event loop only: whether another thread ran the loop before this turn. */
	private boolean takingOver;

	EventLoop(LoopGroup group, String name, LoopThreads threads, SocketSystem sockets) throws IOException {
		this.group = group;
		this.name = name;
		this.time = new LoopTime(sockets);
		this.poller = sockets.openPoller();
		this.deadPeerProbe = new DeadPeerProbe(this);
		this.relief = new MemoryRelief(this);
		this.thread = new LoopThread(name, threads == LoopThreads.VIRTUAL, this::run);
		this.failures = new LoopFailures(name, this.thread);
		this.sleep = new LoopSleep(this.thread, this.poller, this.ready);
		this.health = new LoopHealth(this.thread);
		this.handlers = (threads == LoopThreads.CARRIER) ? new CarriedHandlers(this)
				: new SharedHandlers(this.thread, this.health.clock(), this.poller);
	}

	@Override
	public Thread newHandlerThread(String name, Runnable task) {
		return this.handlers.newThread(name, task);
	}

	/** Lets the loop and other handlers run before the calling handler continues. */
	@Override
	public void yieldFairly() {
		if (!isThread(Thread.currentThread())) {
			this.handlers.yieldHandler();
		}
	}

	void start() {
		this.thread.start();
	}

	/** The loops of which this is one. */
	LoopGroup group() {
		return this.group;
	}

	@Override
	public boolean inEventLoop() {
		return this.group.isLoop(Thread.currentThread());
	}

	boolean isThread(Thread thread) {
		return this.thread.is(thread);
	}

	@Override
	public void execute(Runnable task) {
		if (this.termination.isComplete()) {
			task.run();
			return;
		}
		this.tasks.add(task);
		wakeUp();
		if (this.termination.isComplete()) {
			// The loop may have ended between the question and the add.
			this.tasks.runTasks();
		}
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		DelayedTask delayed = new DelayedTask(this, task);
		long at = nanoTime() + Deadline.nanos(delay);
		execute(() -> delayed.schedule(at));
		return delayed;
	}

	/**
	 * Asks for a call of {@link IterationRequest#runIteration()} in the next iteration.
	 */
	void addRequest(IterationRequest request) {
		this.tasks.add(request);
		wakeUp();
	}

	/** Ends the loop, after its connections and listeners were closed. */
	void close() {
		this.termination.request();
		execute(() -> {
		});
	}

	/** The end of the loop. Any thread. */
	LoopTermination termination() {
		return this.termination;
	}

	/**
	 * Waits until the loop has ended.
	 * @param nanos how long at most; nothing if it is 0 or less
	 * @return whether the loop has ended, or the caller is the loop
	 */
	boolean awaitTermination(long nanos) throws InterruptedException {
		return isThread(Thread.currentThread()) || this.thread.awaitEnd(nanos);
	}

	/** Event loop only. */
	Poller poller() {
		return this.poller;
	}

	/** Event loop only. */
	TimerQueue timers() {
		return this.timers;
	}

	/** Event loop only. */
	ReadySockets ready() {
		return this.ready;
	}

	/** Event loop only: when the present iteration began. */
	long now() {
		return this.time.now();
	}

	/** The times of the present iteration. Event loop only. */
	LoopTime time() {
		return this.time;
	}

	@Override
	public long nanoTime() {
		return this.time.nanoTime();
	}

	/** Event loop only; valid until the next read. */
	ByteBuffer readBuffer() {
		return this.readBuffer.clear();
	}

	/** Event loop only. */
	DeadPeerProbe deadPeerProbe() {
		return this.deadPeerProbe;
	}

	/** Acts for the loop while memory is scarce. */
	MemoryRelief relief() {
		return this.relief;
	}

	/** Whether the loop runs as it should. */
	LoopHealth health() {
		return this.health;
	}

	LoopStatistics statistics() {
		return this.health.statistics(this.name);
	}

	/** Event loop only. */
	void connectionOpened() {
		this.health.clock().connectionOpened();
		MemoryBudget.connectionOpened();
	}

	/** Event loop only. */
	void connectionClosed() {
		this.health.clock().connectionClosed();
		MemoryBudget.connectionClosed();
	}

	/**
	 * Runs the loop.
	 * @param successor whether another thread ran it before
	 */
	private void run(boolean successor) {
		CurrentLoop.enter(this);
		this.takingOver = successor;
		// Not before it has taken over: the former thread may hold the poller's locks.
		while (!this.termination.isRequested() || this.takingOver) {
			try {
				turn();
				this.failures.iterationSucceeded();
			}
			catch (LoopTakenException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				survive(ex);
				this.failures.backOff();
			}
		}
		terminate();
	}

	private void turn() throws IOException {
		Thread.interrupted();
		if (this.takingOver) {
			takeOver();
		}
		this.time.read();
		this.handlers.turnBegan();
		this.health.clock().turnBegan(this.time.began());
		this.poller.poll(this.addReady);
		if (work()) {
			// The handlers that were woken run now, on this carrier.
			this.handlers.turnEnded(this.time.began());
			return;
		}
		sleep();
	}

	/** Goes on where another thread of this loop paused. */
	private void takeOver() throws IOException {
		this.poller.threadReplaced();
		this.sleep.end();
		this.takingOver = false;
	}

	/**
	 * Does what there is to do.
	 * @return whether there was anything
	 */
	private boolean work() {
		boolean worked = !this.ready.isEmpty();
		this.health.clock().workBegan(this.time.began());
		this.ready.handle();
		worked |= this.tasks.runTasks();
		worked |= this.tasks.runRequests();
		worked |= this.timers.expire(now()) > 0;
		worked |= this.handlers.run();
		this.health.clock().workEnded();
		return worked;
	}

	/** Starts a platform thread if the loop's virtual one cannot run. Watchdog only. */
	void substituteThread() {
		if (this.health.isStarved() || this.poller.isBroken()) {
			this.thread.substitute();
		}
	}

	/** Has handlers that the loop carries run elsewhere if it waits. Watchdog only. */
	void rescueHandlers() {
		this.handlers.rescue();
	}

	/** Whether the loop's thread waits for something. Watchdog only. */
	boolean isWaiting() {
		return this.thread.current().getState() == Thread.State.WAITING;
	}

	@Override
	public String toString() {
		return this.name;
	}

	private void sleep() throws IOException {
		this.time.read();
		this.health.clock().turnEnded(this.time.began());
		this.sleep.announce();
		try {
			if (this.tasks.isEmpty() && this.handlers.isEmpty()) {
				this.sleep.await(this.timers.untilNext(now()));
				this.handlers.slept();
			}
		}
		catch (LoopTakenException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.sleep.end();
			throw ex;
		}
		this.sleep.end();
		this.time.read();
		this.health.clock().turnBegan(this.time.began());
		if (work()) {
			this.handlers.turnEnded(this.time.began());
			return;
		}
		this.health.clock().wokeIdle();
	}

	@Override
	public boolean carriesHandlers() {
		return this.handlers.areCarried();
	}

	@Override
	public void runHandlers() {
		this.handlers.run();
	}

	/** Lets the handlers run that were woken so far. Event loop only. */
	void finishBatch() {
		this.handlers.batchEnded();
	}

	void wakeUp() {
		this.sleep.wakeUp();
	}

	void survive(Throwable ex) {
		this.failures.survive(ex);
	}

	private void terminate() {
		for (ReadyHandler handler : this.termination.start(this.poller)) {
			try {
				handler.loopClosed();
			}
			catch (RuntimeException | Error ex) {
				survive(ex);
			}
		}
		try {
			this.poller.close();
		}
		catch (IOException ex) {
			logger.debug("The poller of event loop {} did not close", this.name, ex);
		}
		this.termination.complete();
		while (this.tasks.runTasks()) {
			this.tasks.runRequests();
		}
		this.handlers.end();
	}

}
