package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.streams.buffer.MemoryBudget;
import io.streams.flow.FairYield;
import io.streams.flow.CurrentLoop;
import io.streams.flow.HandlerCarrier;
import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketSystem;
import io.streams.transport.Deadline;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Transport.Cancellable;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop: polls its sockets, hands over what came, lets the handlers that it woke
 * run, and sleeps only when nothing came.
 * <p>
 * Where its virtual thread gets no carrier, or the JDK has lost it, a platform thread
 * takes its place ({@link LoopThread}).
 * <p>
 * As a virtual thread it yields after each turn with work, so that the woken handlers run
 * on its carrier without a switch of threads. It clears its interrupt flag each turn,
 * because an interrupted thread does not sleep, and survives every {@link Throwable}.
 */
final class EventLoop implements Executor, HandlerCarrier {

	private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

	/** Bytes that one read takes off a socket at the most. */
	static final int READ_BYTES = 64 * 1024;

	/**
	 * Connections that are served before the handlers that they woke run: few enough for
	 * what a handler touches to be in the processor's caches still, and enough for the
	 * yield to cost little.
	 */
	private static final int BATCH = 16;

	/** How often a loop that is never idle goes by the scheduler's queue. */
	private static final long SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** How often it parks, so that it goes there for sure. */
	private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	/** How long a loop waits after a turn that failed; twice as long after the next. */
	private static final long MIN_BACK_OFF = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * How long handlers may run between the batches of a turn: what became ready since
	 * the turn began waits meanwhile, new clients too.
	 */
	private static final long MAX_AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	/** How old a turn may be that goes on to send. */
	private static final long WRITING_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

	private static final long MAX_BACK_OFF = TimeUnit.SECONDS.toNanos(1);

	private final LoopGroup group;

	private final String name;

	private final Poller poller;

	private final LoopThread thread;

	/** What is read off any socket of this loop passes through it. Event loop only. */
	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);

	/** Runs the handlers on this loop's own thread; none if others run them. */
	private final @Nullable HandlerScheduler handlers;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ChangeList changes = new ChangeList();

	/**
	 * {@code true} while the loop may be waiting for its sockets; whoever clears it wakes
	 * it.
	 */
	private final AtomicBoolean asleep = new AtomicBoolean();

	/** Event loop only. */
	private final TimerQueue timers = new TimerQueue();

	/** Sockets that became ready in this turn. Event loop only. */
	private final List<PolledSocket> ready = new ArrayList<>();

	/** How many of them have been handled. Event loop only. */
	private int dispatched;

	/**
	 * Sockets that are ready to be written to and for nothing else. They take the rest of
	 * a turn and wait for the next one where it is over: many peers that take all that
	 * they get do not delay clients, input and deadlines. Event loop only.
	 */
	private final Queue<PolledSocket> writable = new ArrayDeque<>();

	private final Consumer<PolledSocket> addReady = this::addReady;

	/** The same, at the end of a wait. */
	private final Consumer<PolledSocket> addAwaited = this::addAwaited;

	/** Who waits for a timer alone, and is to hear of the end. Event loop only. */
	private final Set<ReadyHandler> waiting = new LinkedHashSet<>();

	private final DeadPeerProbe deadPeerProbe;

	private final MemoryRelief relief;

	private final LoopStarvation starvation = new LoopStarvation();

	private final LoopClock clock = new LoopClock();

	private final FairYield fairYield = new FairYield();

	/** Event loop only: the time of the present turn. */
	private long now = System.nanoTime();

	/** Event loop only: how long handlers ran between the batches of this turn. */
	private long awayNanos;

	/** Event loop only: when the loop last let those run that wait elsewhere. */
	private long lastShared = this.now;

	/** Event loop only: when it last parked or slept. */
	private long lastParked = this.now;

	/**
	 * Whose event it handles, or which handler's task it runs. Written by the loop,
	 * without a fence for each; read by the watchdog.
	 */
	private final AtomicReference<@Nullable Object> atWork = new AtomicReference<>();

	/** The turn that the watchdog saw last. Watchdog only. */
	private long watchedTurn = -1;

	/** How often the watchdog saw it again. Watchdog only. */
	private int looks;

	/** Event loop only: whether another thread ran the loop before this turn. */
	private boolean takingOver;

	private volatile boolean closing;

	/** Set by the loop when it has seen that it is closed, and ends. */
	private volatile boolean ending;

	private volatile boolean terminated;

	EventLoop(LoopGroup group, String name, LoopThreads threads, SocketSystem sockets) throws IOException {
		this.group = group;
		this.name = name;
		this.poller = sockets.openPoller();
		this.deadPeerProbe = new DeadPeerProbe(this);
		this.relief = new MemoryRelief(this);
		this.thread = new LoopThread(name, threads == LoopThreads.VIRTUAL, this::run);
		this.handlers = (threads == LoopThreads.CARRIER) ? new HandlerScheduler(this) : null;
	}

	/** A virtual thread for a handler, not started. */
	Thread newHandlerThread(String name, Runnable task) {
		if (this.handlers != null) {
			return this.handlers.newThread(name, task);
		}
		return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
	}

	/**
	 * Lets the loop and other handlers run before one goes on that never has to wait.
	 */
	void yieldHandler() {
		if (isThread(Thread.currentThread())) {
			return;
		}
		if (this.handlers != null) {
			Thread.yield();
		}
		else {
			this.fairYield.yieldFairly();
		}
	}

	void start() {
		this.thread.start();
	}

	/** The loops of which this is one. */
	LoopGroup group() {
		return this.group;
	}

	boolean isThread(Thread thread) {
		return this.thread.is(thread);
	}

	@Override
	public void execute(Runnable task) {
		if (this.terminated) {
			task.run();
			return;
		}
		this.tasks.add(task);
		wakeUp();
		if (this.terminated) {
			// The loop may have ended between the question and the add.
			runTasks();
		}
	}

	Cancellable executeLater(Duration delay, Runnable task) {
		DelayedTask delayed = new DelayedTask(this, task);
		long at = System.nanoTime() + Deadline.nanos(delay);
		execute(() -> delayed.schedule(at));
		return delayed;
	}

	/**
	 * Asks for a call of {@link SocketTransport#applyChanges()} in the next turn.
	 */
	void changed(SocketTransport transport) {
		this.changes.add(transport);
		wakeUp();
	}

	/** Ends the loop, after its connections and listeners were closed. */
	void close() {
		this.closing = true;
		execute(() -> {
		});
	}

	/** Whether the loop has ended: what it is given now runs at once, on any thread. */
	boolean isTerminated() {
		return this.terminated;
	}

	/**
	 * Waits until the loop has ended.
	 * @param nanos how long at most; nothing if it is 0 or less
	 * @return whether the loop has ended, or the caller is the loop
	 */
	boolean awaitTermination(long nanos) throws InterruptedException {
		return isThread(Thread.currentThread()) || this.thread.awaitEnd(nanos);
	}

	/** Whether the loop has seen that it is closed. */
	boolean isEnding() {
		return this.ending;
	}

	/** Event loop only. */
	Poller poller() {
		return this.poller;
	}

	/** Event loop only: has someone hear of the loop's end who has no socket now. */
	void addWaiting(ReadyHandler handler) {
		this.waiting.add(handler);
	}

	/** Event loop only. */
	void removeWaiting(ReadyHandler handler) {
		this.waiting.remove(handler);
	}

	/** Event loop only. */
	TimerQueue timers() {
		return this.timers;
	}

	/** Event loop only: the time at which the present turn began. */
	long now() {
		return this.now;
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

	LoopStatistics statistics() {
		long lag = Math.max(this.clock.lagNanos(), this.starvation.lagNanos(System.nanoTime()));
		return new LoopStatistics(this.name, this.clock.connections(), lag, this.clock.turns(),
				this.clock.idleWakeups());
	}

	/** Event loop only. */
	void connectionOpened() {
		this.clock.connectionOpened();
		MemoryBudget.connectionOpened();
	}

	/** Event loop only. */
	void connectionClosed() {
		this.clock.connectionClosed();
		MemoryBudget.connectionClosed();
	}

	/**
	 * Runs the loop.
	 * @param successor whether another thread ran it before
	 * @return whether it has ended
	 */
	private boolean run(boolean successor) {
		CurrentLoop.enter(this);
		this.takingOver = successor;
		long backOff = MIN_BACK_OFF;
		while (!this.closing) {
			try {
				turn();
				backOff = MIN_BACK_OFF;
			}
			catch (LoopTakenException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				survive(ex);
				backOff(backOff);
				backOff = Math.min(2 * backOff, MAX_BACK_OFF);
			}
		}
		terminate();
		return true;
	}

	/** A failure that repeats must neither take a processor nor fill the log. */
	private void backOff(long nanos) {
		try {
			Thread.interrupted();
			this.thread.pause();
			LockSupport.parkNanos(this, nanos);
		}
		catch (Throwable ex) {
			// To park a virtual thread takes memory. The loop goes on at once then.
			MemoryReserve.release();
		}
		this.thread.resume();
	}

	private void turn() throws IOException {
		Thread.interrupted();
		if (this.takingOver) {
			takeOver();
		}
		this.now = System.nanoTime();
		this.awayNanos = 0;
		this.clock.turnBegan(this.now);
		this.poller.poll(this.addReady);
		if (work()) {
			// The handlers that were woken run now, on this carrier.
			yieldToHandlers();
			return;
		}
		sleep();
	}

	/** Goes on where another thread of this loop paused. */
	private void takeOver() throws IOException {
		this.poller.threadReplaced();
		this.asleep.set(false);
		this.takingOver = false;
	}

	/**
	 * Does what there is to do.
	 * @return whether there was anything
	 */
	private boolean work() {
		boolean worked = !this.ready.isEmpty() || !this.writable.isEmpty();
		this.clock.workBegan(this.now);
		dispatch();
		dispatchWritable();
		worked |= runTasks() > 0;
		worked |= applyChanges();
		worked |= this.timers.expire(this.now) > 0;
		worked |= this.handlers != null && this.handlers.run();
		this.clock.workEnded();
		return worked;
	}

	/**
	 * How long the loop has been at its present work; 0 while it sleeps or lets others
	 * run.
	 */
	long busyNanos() {
		return this.clock.busyNanos();
	}

	/**
	 * Whether the present turn was looked at once before, and once only: a loop is stuck
	 * when it is still in the turn that it was in a second ago, and that is to be told
	 * once.
	 */
	boolean isStuckSinceLastLook() {
		long turn = this.clock.turns();
		this.looks = (turn == this.watchedTurn) ? this.looks + 1 : 0;
		this.watchedTurn = turn;
		return this.looks == 1;
	}

	/**
	 * Whether this look is the first to find that the loop is ready and does not run.
	 * Watchdog only.
	 */
	boolean isFoundStarved(long now) {
		return this.starvation.look(now, this.thread.current(), this.clock.turns(), this.clock.busyNanos() != 0);
	}

	/** Starts a platform thread if the loop's virtual one cannot run. Watchdog only. */
	void substituteThread() {
		if (this.starvation.isStarved() || this.poller.isBroken()) {
			this.thread.substitute();
		}
	}

	/**
	 * Moves the woken handlers to other threads while the loop waits. It may wait for a
	 * lock that is no {@code LoopLock}, the log's for one, behind a handler that was let
	 * in before it, and that it alone would run.
	 */
	void rescueHandlers() {
		if (this.handlers != null && this.thread.current().getState() == Thread.State.WAITING) {
			this.handlers.runElsewhere();
		}
	}

	/** Notes whose event or which handler comes next, or nobody. Event loop only. */
	void atWork(@Nullable Object worker) {
		this.atWork.lazySet(worker);
	}

	/** Who is at work: whose event is handled, a handler's task, or null. */
	@Nullable Object atWork() {
		return this.atWork.get();
	}

	StackTraceElement[] stackTrace() {
		return this.thread.current().getStackTrace();
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * Lets the handlers run that were woken. A yield goes to the end of the carrier's own
	 * queue, which a busy loop and its handlers never let run empty; virtual threads that
	 * are started or woken from elsewhere wait in the scheduler's queue behind it, for
	 * ever if need be.
	 */
	private void yieldToHandlers() {
		if (this.handlers != null) {
			// They have run.
			return;
		}
		yieldCarrier();
		if (this.now - this.lastShared > SHARE_NANOS) {
			shareCarrier();
		}
	}

	/**
	 * Lets those run that wait elsewhere. Mostly the handlers have run and the carrier's
	 * own queue is empty: then a second yield goes by the scheduler's queue. A loop whose
	 * handlers yield as well never gets there, and parks for a moment, which is dearer.
	 */
	private void shareCarrier() {
		this.lastShared = this.now;
		if (this.now - this.lastParked > PARK_NANOS) {
			this.thread.pause();
			LockSupport.parkNanos(this, 1);
			this.thread.resume();
			this.lastParked = System.nanoTime();
		}
		else {
			yieldCarrier();
		}
	}

	private void yieldCarrier() {
		if (this.thread.canReturn() && !this.poller.isBroken()) {
			this.thread.giveBack();
		}
		this.thread.pause();
		Thread.yield();
		this.thread.resume();
	}

	private void sleep() throws IOException {
		long began = System.nanoTime();
		this.clock.turnEnded(began);
		this.asleep.set(true);
		try {
			if (this.tasks.isEmpty() && this.changes.isEmpty() && (this.handlers == null || this.handlers.isEmpty())) {
				await(this.timers.untilNext(began));
				this.lastParked = System.nanoTime();
			}
		}
		catch (LoopTakenException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.asleep.set(false);
			throw ex;
		}
		this.asleep.set(false);
		this.now = System.nanoTime();
		this.clock.turnBegan(this.now);
		if (!work()) {
			this.clock.wokeIdle();
		}
		else {
			yieldToHandlers();
		}
	}

	private void addAwaited(PolledSocket socket) {
		this.thread.resume();
		addReady(socket);
	}

	private void addReady(PolledSocket socket) {
		if (socket.readyOperations() != PolledSocket.WRITE) {
			this.ready.add(socket);
		}
		else if (!socket.handler().isPutOff()) {
			socket.handler().setPutOff(true);
			this.writable.add(socket);
		}
	}

	private void await(long nanos) throws IOException {
		this.thread.pause();
		try {
			this.poller.await(nanos, this.addAwaited);
		}
		finally {
			this.thread.resume();
		}
	}

	private void dispatch() {
		// Where another thread takes over within, it goes on here.
		for (; this.dispatched < this.ready.size(); this.dispatched++) {
			if (this.dispatched > 0 && this.dispatched % BATCH == 0) {
				finishBatch();
			}
			dispatch(this.ready.get(this.dispatched));
		}
		this.ready.clear();
		this.dispatched = 0;
	}

	/** Sends for a while what waits for peers that take bytes. */
	private void dispatchWritable() {
		for (int i = 1; !this.writable.isEmpty(); i++) {
			PolledSocket socket = this.writable.remove();
			socket.handler().setPutOff(false);
			dispatch(socket);
			if (i % BATCH == 0) {
				finishBatch();
				if (System.nanoTime() - this.now > WRITING_NANOS) {
					return;
				}
			}
		}
	}

	/** Tells a socket's handler for what it is ready. Event loop only. */
	void dispatch(PolledSocket socket) {
		try {
			int operations = socket.readyOperations();
			if (operations != 0) {
				ReadyHandler handler = socket.handler();
				atWork(handler);
				handler.ready(operations);
			}
		}
		catch (Throwable ex) {
			survive(ex);
		}
		finally {
			atWork(null);
		}
	}

	@Override
	public boolean carriesHandlers() {
		return this.handlers != null;
	}

	@Override
	public void runHandlers() {
		if (this.handlers != null) {
			this.handlers.run();
		}
	}

	/** Lets the handlers run that were woken so far. */
	private void finishBatch() {
		if (this.handlers != null) {
			this.handlers.run();
		}
		else if (this.awayNanos < MAX_AWAY_NANOS && Thread.currentThread().isVirtual()) {
			long began = System.nanoTime();
			this.clock.workEnded();
			yieldCarrier();
			// Not since the turn began: the handlers' time is not the loop's.
			long ended = System.nanoTime();
			this.clock.workBegan(ended);
			this.awayNanos += ended - began;
		}
	}

	private int runTasks() {
		int ran = 0;
		// Only what is queued now: tasks that queue tasks must not keep I/O waiting.
		for (int n = this.tasks.isEmpty() ? 0 : this.tasks.size(); n > 0; n--) {
			Runnable task = this.tasks.poll();
			if (task == null) {
				break;
			}
			ran++;
			try {
				task.run();
			}
			catch (Throwable ex) {
				survive(ex);
			}
		}
		return ran;
	}

	private boolean applyChanges() {
		boolean worked = false;
		SocketTransport transport = this.changes.takeAll();
		while (transport != null) {
			SocketTransport next = transport.takeNextChanged();
			try {
				worked |= transport.applyChanges();
			}
			catch (Throwable ex) {
				survive(ex);
			}
			transport = next;
		}
		return worked;
	}

	void wakeUp() {
		if (this.asleep.get() && this.asleep.compareAndSet(true, false)) {
			this.poller.wakeUp();
		}
	}

	void survive(Throwable ex) {
		if (ex instanceof OutOfMemoryError) {
			MemoryReserve.release();
		}
		try {
			logger.error("Event loop {} caught what nobody else did, and goes on", this.name, ex);
		}
		catch (Throwable unlogged) {
			// Neither a log that is full nor a want of memory may end the loop.
		}
	}

	private void terminate() {
		this.ending = true;
		Set<ReadyHandler> handlers = new LinkedHashSet<>(this.waiting);
		handlers.addAll(this.poller.handlers());
		for (ReadyHandler handler : handlers) {
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
		this.terminated = true;
		while (runTasks() > 0) {
			applyChanges();
		}
		if (this.handlers != null) {
			this.handlers.end();
		}
	}

}
