package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.Activity;
import io.streams.flow.ActivityClock;
import io.streams.flow.ActivityTimes;
import io.streams.flow.FreshFailure;
import io.streams.flow.LoopLock;
import io.streams.flow.PauseGate;
import io.streams.flow.ReadLimit;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The machine behind a {@link StreamReader}: takes bytes in, gives them to the read that
 * waits, pauses and resumes the transport, and keeps the connection's time.
 *
 * <pre>
 *   a read that finds its bytes returns at once
 *   a read that does not waits, and is tried again at each feed, end or failure
 *
 *   FLOWING ──more than 2 × limit buffered──▶ PAUSED
 *           ◀──limit or less, or a read waits──
 * </pre>
 *
 * Shared by the event loop, which feeds, and by whoever reads; everything is guarded by
 * one lock, and nobody is woken with it held.
 */
final class ReadSide {

	/**
	 * Asynchronous reads in a row that are complete when they are returned. What hangs on
	 * such a one runs inside of the call that hangs it there, and reads again: a peer's
	 * many short lines would fill the stack.
	 */
	private static final int MAX_READY_IN_ROW = 32;

	/** How long a loop may take to look for input before a read ends. */
	private static final long LONGEST_LOOK_MILLIS = 1000;

	private static final AtomicReferenceFieldUpdater<ReadSide, @Nullable ReadTimeout> SILENCE = AtomicReferenceFieldUpdater
		.newUpdater(ReadSide.class, ReadTimeout.class, "silence");

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}. */
	private final InputBuffer input;

	/** Guarded by {@link #lock}: the one read that waits. */
	private @Nullable PendingRead<?> pending;

	/** Guarded by {@link #lock}: splits the connection's time. */
	private final ActivityClock activity = new ActivityClock(System.nanoTime());

	/** Guarded by {@link #lock}: callers that wait in {@code drain}. */
	private int drains;

	/** Guarded by {@link #lock}. */
	private boolean closing;

	/** Guarded by {@link #lock}: an operator wants the peer not to be read. */
	private boolean held;

	/** Guarded by {@link #lock}: nothing more will be received. */
	private boolean closedLocally;

	/** Guarded by {@link #lock}: which reads may still wait, once the server stops. */
	private @Nullable StopWait stop;

	/**
	 * Guarded by {@link #lock}: {@code false} once the transport has said that it cannot
	 * be paused.
	 */
	private boolean pausable = true;

	/**
	 * Guarded by {@link #lock}: asynchronous reads that found their bytes, since one had
	 * to wait or was completed by the event loop.
	 */
	private int readyInRow;

	/**
	 * Set before the first byte, and once more by an upgrade to TLS, on the event loop.
	 */
	private volatile @Nullable Transport transport;

	/** Set once, before the first byte; hears of pauses. */
	private volatile @Nullable ConnectionCore connection;

	/** Made by the first timeout that is set, by way of {@link #SILENCE}. */
	private volatile @Nullable ReadTimeout silence;

	/** Written under {@link #lock}: the error that ended the input. */
	private volatile @Nullable IOException failure;

	ReadSide(ReadLimit limit) {
		this.input = new InputBuffer(limit);
	}

	boolean isAtEof() {
		this.lock.lock();
		try {
			return this.input.isEnded() && this.input.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Bytes that wait here, with those that a read has collected. */
	long held() {
		this.lock.lock();
		try {
			PendingRead<?> read = this.pending;
			return this.input.size() + ((read != null) ? read.request().held() : 0);
		}
		finally {
			this.lock.unlock();
		}
	}

	int buffered() {
		this.lock.lock();
		try {
			return this.input.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	ReadLimit limit() {
		this.lock.lock();
		try {
			return this.input.limit();
		}
		finally {
			this.lock.unlock();
		}
	}

	void setLimit(ReadLimit limit) {
		this.lock.lock();
		try {
			this.input.setLimit(limit);
			if (this.pending == null) {
				// What a read waits for must come, however much that is.
				pauseAbove();
			}
			resumeIfAtOrBelowLimit();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Without the lock: listeners may set it, with the transport's lock held, which comes
	 * after this one.
	 */
	void setTimeout(@Nullable Duration timeout) {
		if (this.silence == null && timeout != null) {
			SILENCE.compareAndSet(this, null, new ReadTimeout(timeout));
		}
		ReadTimeout silence = this.silence;
		if (silence != null) {
			silence.setLongest(timeout);
		}
	}

	@Nullable IOException failure() {
		this.lock.lock();
		try {
			return this.input.failure();
		}
		finally {
			this.lock.unlock();
		}
	}

	void fail(IOException failure) {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.fail(failure);
			this.failure = this.input.failure();
			settled = attemptPending();
			endSilenceWatch();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Has every read fail from now on, whatever was received and however the input ended:
	 * an upgrade failed, and what came in plain could have come from anybody.
	 */
	void invalidate(IOException failure) {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.invalidate(failure);
			this.failure = this.input.failure();
			settled = attemptPending();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Whether an upgrade failed with the error that this exception copies. */
	boolean isDistrustedBecauseOf(IOException copy) {
		this.lock.lock();
		try {
			return this.input.isDistrusted() && this.input.failure() == copy.getCause();
		}
		finally {
			this.lock.unlock();
		}
	}

	void setTransport(Transport transport) {
		if (this.transport != null) {
			throw new IllegalStateException("Transport already set: make a new reader for another connection");
		}
		this.transport = transport;
	}

	void feed(ByteBuffer data) {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			if (this.input.isDistrusted()) {
				data.position(data.limit());
			}
			else if (this.input.isEnded()) {
				throw new IllegalStateException(
						"feedData after feedEof: the input has ended, so call feedEof after the last bytes");
			}
			else if (data.hasRemaining()) {
				noteSign();
				noteInputWhileStopping();
				settled = take(data);
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Gives what came to the read that waits, and keeps the rest. Call with {@link #lock}
	 * held, and announce the answer without it.
	 */
	private @Nullable PendingRead<?> take(ByteBuffer data) {
		PendingRead<?> settled = handOver(data);
		if (data.hasRemaining()) {
			this.input.append(data);
			pauseAbove();
		}
		return (settled != null) ? settled : attemptPending();
	}

	/**
	 * Most bytes are waited for, and need not go through the buffer, unless they are so
	 * many that they would pause the peer.
	 */
	private @Nullable PendingRead<?> handOver(ByteBuffer data) {
		PendingRead<?> read = this.pending;
		int length = data.remaining();
		if (read == null || !this.input.mayPass(length) || !read.take(data, this.input.limit())) {
			return null;
		}
		this.input.passed(length - data.remaining());
		forgetPending();
		return read;
	}

	void end() {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.end();
			settled = attemptPending();
			endSilenceWatch();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	@Override
	public String toString() {
		this.lock.lock();
		try {
			StringBuilder text = new StringBuilder("StreamReader[").append(this.input.size()).append(" bytes");
			text.append(this.input.isEnded() ? ", eof" : "");
			text.append(this.input.limit().equals(ReadLimit.DEFAULT) ? "" : ", limit=" + this.input.limit().bytes());
			text.append((this.pending != null) ? ", waiting in " + this.pending.request().method() : "");
			text.append((this.input.failure() != null) ? ", exception=" + this.input.failure() : "");
			text.append((this.transport != null) ? ", transport=" + this.transport : "");
			return text.append(this.input.gate().isPaused() ? ", paused]" : "]").toString();
		}
		finally {
			this.lock.unlock();
		}
	}

	void setConnection(ConnectionCore connection) {
		this.connection = connection;
	}

	void replaceTransport(Transport transport) {
		this.lock.lock();
		try {
			this.transport = transport;
			if (this.held) {
				transport.pauseReading();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes everything that was received and not read, for an upgrade of the connection.
	 * @throws IllegalStateException if a read waits
	 */
	byte[] takeReadAhead() {
		this.lock.lock();
		try {
			if (this.pending != null) {
				throw new IllegalStateException("startTls while " + this.pending.request().method()
						+ " waits for data: let the read finish first, or cancel it");
			}
			byte[] readAhead = this.input.take(this.input.size());
			resumeAfterConsuming();
			return readAhead;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The local side closed the connection. Reads still give out what was received; one
	 * that would have to wait fails, unless the peer's end has come or comes.
	 */
	void closedLocally() {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			this.closedLocally = true;
			if (this.pending != null) {
				settled = failPending(closedException());
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Call with {@link #lock} held. */
	private IOException closedException() {
		return (this.stop != null && this.stop.isGraceOver()) ? this.stop.exception("reading")
				: new ConnectionClosedException("This side closed the connection before the peer ended its stream:"
						+ " what was read may be a part of it");
	}

	/**
	 * The server stops: ends a wait for the first byte of a message, and every other wait
	 * when the peer was silent for the quiet period. Bytes that have arrived already come
	 * first. Event loop only.
	 */
	void beginStop(Duration quietPeriod) {
		this.lock.lock();
		try {
			if (this.stop == null) {
				this.stop = new StopWait(quietPeriod, System.nanoTime());
			}
			planLookAtStop();
		}
		finally {
			this.lock.unlock();
		}
		answerWhenStopping(this.transport);
	}

	/**
	 * Asks the event loop to answer a wait for the first byte of a message, after a look
	 * at the system's buffer: reading may have been paused until now. Call with
	 * {@link #lock} held.
	 */
	private void planAnswerWhenStopping(ReadRequest<?> request) {
		Transport transport = this.transport;
		if (transport != null && request.whenStopping() != null) {
			transport.loop().execute(() -> answerWhenStopping(transport));
		}
	}

	private void answerWhenStopping(@Nullable Transport transport) {
		if (transport != null) {
			transport.lookForInput();
		}
		PendingRead<?> settled;
		this.lock.lock();
		try {
			settled = answerPendingWhenStopping();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Call with {@link #lock} held, and announce the answer without it. */
	private @Nullable PendingRead<?> answerPendingWhenStopping() {
		PendingRead<?> read = this.pending;
		if (read == null || !read.answerWhenStopping()) {
			return null;
		}
		forgetPending();
		return read;
	}

	/** The grace period of a stop is over: no read waits from now on. */
	void noteGraceOver() {
		this.lock.lock();
		try {
			StopWait stop = (this.stop != null) ? this.stop : new StopWait(Duration.ZERO, System.nanoTime());
			stop.endGrace();
			this.stop = stop;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends the read that waits after the grace period of a stop. Event loop only. */
	void endGrace() {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			if (this.stop != null) {
				settled = stopPending(this.stop);
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Call with {@link #lock} held. */
	private void noteInputWhileStopping() {
		if (this.stop != null) {
			this.stop.bytesArrived(System.nanoTime());
		}
	}

	/**
	 * Plans a look at the quiet period for when it may be over. Call with {@link #lock}
	 * held.
	 */
	private void planLookAtStop() {
		StopWait stop = this.stop;
		Transport transport = this.transport;
		if (stop != null && transport != null && this.pending != null && stop.plan()) {
			Duration delay = Duration.ofNanos(Math.max(0, stop.remaining(System.nanoTime())));
			transport.loop().executeLater(delay, () -> lookAtStop(stop, transport));
		}
	}

	private void lookAtStop(StopWait stop, Transport transport) {
		// After a stall of the process there may be bytes that the loop has not read.
		transport.lookForInput();
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			stop.looked();
			if (this.pending != null && stop.isOver(System.nanoTime())) {
				settled = stopPending(stop);
			}
			else {
				planLookAtStop();
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Call with {@link #lock} held, and announce the answer without it. */
	private @Nullable PendingRead<?> stopPending(StopWait stop) {
		PendingRead<?> read = this.pending;
		return (read != null) ? failPending(stop.exception(read.request().method())) : null;
	}

	/** Call with {@link #lock} held, and announce the answer without it. */
	private @Nullable PendingRead<?> failPending(IOException failure) {
		PendingRead<?> read = this.pending;
		if (read != null) {
			withdraw(read);
			read.fail(failure);
		}
		return read;
	}

	/** Whether a read waits for bytes. */
	boolean isReadPending() {
		this.lock.lock();
		try {
			return this.pending != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean hasInputEnded() {
		this.lock.lock();
		try {
			return this.input.isEnded();
		}
		finally {
			this.lock.unlock();
		}
	}

	BufferSnapshot snapshot(long now) {
		this.lock.lock();
		try {
			return this.input.snapshot(now);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether bytes wait to be read. Looks without the lock, as it is asked at each
	 * drain: an answer that is out of date only has bytes leave a little earlier, or with
	 * the next read.
	 * @throws IOException the error that ended the input
	 */
	boolean hasUnread() throws IOException {
		IOException failure = this.failure;
		if (failure != null) {
			throw FreshFailure.of(failure);
		}
		return !this.input.isEmpty();
	}

	/**
	 * Lets others run after a read whose handler has run for too long, and where there is
	 * nothing more to read: as after an error, a read never waits then, and nobody
	 * preempts a handler that does not notice, and reads again. Looks without the lock:
	 * the end stays one.
	 */
	void yieldAfterRead() {
		ConnectionCore connection = this.connection;
		if (this.input.isEnded() && this.input.isEmpty()) {
			yieldFairly();
		}
		else if (connection != null && connection.isTurnOver()) {
			yieldFairly();
			connection.noteYield();
		}
	}

	/** Lets others run after a read that has failed, and may be tried again. */
	void yieldFairly() {
		Transport transport = this.transport;
		if (transport != null) {
			transport.loop().yieldFairly();
		}
	}

	/**
	 * Notes that a caller begins, or no longer needs, to wait for the peer to take bytes.
	 */
	void noteDrain(int change) {
		this.lock.lock();
		try {
			this.drains += change;
			noteActivity();
		}
		finally {
			this.lock.unlock();
		}
	}

	void noteClosing() {
		this.lock.lock();
		try {
			this.closing = true;
			noteActivity();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether the calling thread is inside, which it is where a listener is told. */
	boolean isLockedByCaller() {
		return this.lock.isHeldByCurrentThread();
	}

	ActivityTimes activityTimes(long now) {
		this.lock.lock();
		try {
			return this.activity.times(now);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Stops reading the peer, or reads it again, whatever the buffer holds: an operator's
	 * doing.
	 */
	void hold(boolean held) {
		this.lock.lock();
		try {
			this.held = held;
			Transport transport = this.transport;
			if (transport == null) {
				return;
			}
			if (held) {
				transport.pauseReading();
			}
			else if (!this.input.gate().isPaused()) {
				transport.resumeReading();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isHeld() {
		this.lock.lock();
		try {
			return this.held;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held, after any of what it looks at has changed. */
	private void noteActivity() {
		Activity now;
		if (this.closing) {
			now = Activity.CLOSING;
		}
		else if (this.drains > 0) {
			now = Activity.WRITE_BLOCKED;
		}
		else if (this.pending != null) {
			now = Activity.WAITING_FOR_PEER;
		}
		else {
			now = this.input.gate().isPaused() ? Activity.READ_PAUSED : Activity.HANDLER_BUSY;
		}
		this.activity.enter(now, System.nanoTime());
	}

	/**
	 * Reads a line, and waits for it on the calling thread. A line that is there is taken
	 * without more ado: so are most lines of a pipelined protocol.
	 */
	byte[] readLine() throws IOException {
		PendingRead.Blocking<byte[]> read;
		this.lock.lock();
		try {
			byte[] line = this.input.takeLine();
			if (line != null) {
				resumeAfterConsuming();
				return line;
			}
			ReadRequest.Line request = new ReadRequest.Line();
			line = attempt(request);
			if (line != null) {
				return line;
			}
			read = waitFor(request);
		}
		finally {
			this.lock.unlock();
		}
		return outcome(read);
	}

	/** Reads, and waits for it on the calling thread. */
	<T> T await(ReadRequest<T> request) throws IOException {
		PendingRead.Blocking<T> read;
		this.lock.lock();
		try {
			T ready = attempt(request);
			if (ready != null) {
				return ready;
			}
			read = waitFor(request);
		}
		finally {
			this.lock.unlock();
		}
		return outcome(read);
	}

	/** Call with {@link #lock} held. */
	private <T> PendingRead.Blocking<T> waitFor(ReadRequest<T> request) {
		PendingRead.Blocking<T> read = new PendingRead.Blocking<>(request);
		try {
			refuseOnEventLoop(request);
			waitForData(read);
			return read;
		}
		catch (IllegalStateException ex) {
			request.putBack(this.input);
			throw ex;
		}
	}

	private <T> T outcome(PendingRead.Blocking<T> read) throws IOException {
		flushWrites();
		park(read);
		return read.outcome();
	}

	/** Reads, without waiting for it. */
	<T> CompletableFuture<T> submit(ReadRequest<T> request) {
		ReadFuture<T> future = new ReadFuture<>(this);
		T ready;
		int readyInRow;
		this.lock.lock();
		try {
			ready = attempt(request);
			if (ready == null) {
				waitForData(new PendingRead.Asynchronous<>(request, future));
				watchSilence();
			}
			readyInRow = (ready != null) ? this.readyInRow + 1 : 0;
			this.readyInRow = readyInRow;
		}
		catch (IOException | IllegalStateException ex) {
			request.drop();
			return CompletableFuture.failedFuture(ex);
		}
		finally {
			this.lock.unlock();
		}
		if (ready != null) {
			return ready(ready, readyInRow);
		}
		flushWrites();
		return future;
	}

	/**
	 * The future of a read that found its bytes. They are taken in any case: who cancels
	 * it comes too late. Call without {@link #lock}.
	 */
	private <T> CompletableFuture<T> ready(T result, int readyInRow) {
		Transport transport = this.transport;
		if (transport == null || readyInRow <= MAX_READY_IN_ROW) {
			return CompletableFuture.completedFuture(result);
		}
		ReadFuture<T> future = new ReadFuture<>(null);
		transport.loop().execute(() -> settleOnLoop(future, result));
		return future;
	}

	private <T> void settleOnLoop(ReadFuture<T> future, T result) {
		this.lock.lock();
		try {
			this.readyInRow = 0;
		}
		finally {
			this.lock.unlock();
		}
		future.settle(result);
	}

	/** Call with {@link #lock} held. */
	private <T> @Nullable T attempt(ReadRequest<T> request) throws IOException {
		try {
			T ready = request.attempt(this.input);
			return (ready == null) ? insteadOfWaiting(request) : ready;
		}
		finally {
			resumeAfterConsuming();
		}
	}

	/**
	 * Answers or refuses a request that would have to wait where it may not. Call with
	 * {@link #lock} held.
	 */
	private <T> @Nullable T insteadOfWaiting(ReadRequest<T> request) throws IOException {
		StopWait stop = this.stop;
		boolean answered = stop != null && request.whenStopping() != null;
		if (answered && this.transport == null) {
			return request.whenStopping();
		}
		if (this.closedLocally) {
			request.putBack(this.input);
			throw closedException();
		}
		if (!answered && stop != null && stop.isOver()) {
			request.putBack(this.input);
			throw stop.exception(request.method());
		}
		return null;
	}

	/** Call with {@link #lock} held. */
	private void waitForData(PendingRead<?> read) {
		ConnectionCore connection = this.connection;
		if (connection != null) {
			connection.noteWait();
		}
		if (this.pending != null) {
			if (connection != null) {
				Misuse.SECOND_READER.report(connection.serverName());
			}
			throw new IllegalStateException(read.request().method()
					+ "() called while another coroutine is already waiting for incoming data: let that read finish,"
					+ " or cancel it, first");
		}
		resume();
		this.pending = read;
		noteActivity();
		noteSign();
		if (this.stop != null) {
			this.stop.readWaits(System.nanoTime());
			planLookAtStop();
			planAnswerWhenStopping(read.request());
		}
	}

	/** The silence that is bounded begins anew. Call with {@link #lock} held. */
	private void noteSign() {
		ReadTimeout silence = this.silence;
		if (silence != null) {
			silence.beginAnew();
		}
	}

	/**
	 * Tries the read that waits. Call with {@link #lock} held, and announce the answer
	 * without it.
	 */
	private @Nullable PendingRead<?> attemptPending() {
		PendingRead<?> read = this.pending;
		if (read == null) {
			return null;
		}
		boolean settled = read.attempt(this.input);
		resumeAfterConsuming();
		if (!settled) {
			// A read that needs more than the buffer may hold would never get it.
			resume();
			return null;
		}
		forgetPending();
		return read;
	}

	private static void announce(@Nullable PendingRead<?> settled) {
		if (settled != null) {
			settled.announce();
		}
	}

	private void park(PendingRead<?> read) throws IOException {
		boolean looked = false;
		while (!read.isSettled()) {
			ReadTimeout silence = this.silence;
			Duration longest = (silence != null) ? silence.longest() : null;
			if (silence == null || longest == null) {
				LockSupport.park(this);
			}
			else {
				looked = parkWithin(silence, longest, read, looked);
			}
			if (Thread.currentThread().isInterrupted() && withdraw(read)) {
				throw new InterruptedIOException(read.request().method() + " was interrupted; no byte was lost");
			}
		}
	}

	/**
	 * Waits no longer than the peer may be silent.
	 * @param looked whether the loop has looked for input since then
	 * @return whether it has now
	 */
	private boolean parkWithin(ReadTimeout silence, Duration longest, PendingRead<?> read, boolean looked)
			throws ReadTimeoutException {
		long remaining = remaining(silence, longest);
		if (read.isSettled()) {
			// To wait for the lock may have used up the wake-up.
			return looked;
		}
		if (remaining > 0) {
			LockSupport.parkNanos(this, remaining);
			return false;
		}
		if (!looked) {
			awaitLookForInput();
		}
		else if (withdraw(read)) {
			throw new ReadTimeoutException(read.request().method(), longest);
		}
		return true;
	}

	/** The nanoseconds that a read may still wait. */
	private long remaining(ReadTimeout silence, Duration longest) {
		this.lock.lock();
		try {
			return silence.remaining(longest);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Has the loop look whether anything has come, before the peer is said to be silent:
	 * after a stall of the process this thread may be the first to run.
	 */
	private void awaitLookForInput() {
		Transport transport = this.transport;
		if (transport == null) {
			return;
		}
		CompletableFuture<@Nullable Void> looked = new CompletableFuture<>();
		transport.loop().execute(() -> {
			try {
				transport.lookForInput();
			}
			finally {
				looked.complete(null);
			}
		});
		try {
			looked.get(LONGEST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// The loop is stuck, which its watchdog tells: the read ends nevertheless.
		}
	}

	/**
	 * Takes a read back before it is settled, and what it had taken with it.
	 * @return {@code false} if it was settled first
	 */
	private boolean withdraw(PendingRead<?> read) {
		this.lock.lock();
		try {
			if (this.pending != read) {
				return false;
			}
			// No pause before more comes, as after a cancel.
			forgetPending();
			read.request().putBack(this.input);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes back the read that a future stands for, before it is settled. What it had
	 * taken is gone, as in CPython.
	 * @return {@code false} if it was settled first
	 */
	boolean withdraw(ReadFuture<?> future) {
		this.lock.lock();
		try {
			if (!(this.pending instanceof PendingRead.Asynchronous<?> read) || !read.isFor(future)) {
				return false;
			}
			forgetPending();
			read.request().drop();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private void forgetPending() {
		this.pending = null;
		noteActivity();
	}

	/**
	 * Has the pending asynchronous read looked at when it will have waited for too long.
	 * Call with {@link #lock} held.
	 */
	private void watchSilence() {
		ReadTimeout silence = this.silence;
		Transport transport = this.transport;
		if (silence != null && transport != null) {
			silence.watch(transport, this);
		}
	}

	/** No read waits any more. Call with {@link #lock} held. */
	private void endSilenceWatch() {
		ReadTimeout silence = this.silence;
		if (silence != null) {
			silence.unwatch();
		}
	}

	void checkSilence(ReadTimeout silence) {
		PendingRead<?> settled;
		Transport transport = this.transport;
		Duration longest = silence.longest();
		if (transport != null && longest != null && remaining(silence, longest) <= 0) {
			transport.lookForInput();
		}
		this.lock.lock();
		try {
			silence.lookedAt();
			settled = timeOut(this.pending, silence, silence.longest());
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Call with {@link #lock} held. */
	private @Nullable PendingRead<?> timeOut(@Nullable PendingRead<?> read, ReadTimeout silence,
			@Nullable Duration longest) {
		if (longest == null || !(read instanceof PendingRead.Asynchronous<?>)) {
			return null;
		}
		if (silence.remaining(longest) > 0) {
			watchSilence();
			return null;
		}
		withdraw(read);
		read.fail(new ReadTimeoutException(read.request().method(), longest));
		return read;
	}

	/** Nobody who is about to wait for an answer keeps back the question. */
	private void flushWrites() {
		Transport transport = this.transport;
		if (transport != null) {
			transport.flush();
		}
	}

	private void refuseOnEventLoop(ReadRequest<?> request) {
		Transport transport = this.transport;
		if (transport != null && transport.loop().inEventLoop()) {
			throw new IllegalStateException(request.method() + " would block the event loop: call " + request.method()
					+ "Async, or use a ConnectionHandler, which has a thread of its own");
		}
	}

	/** Call with {@link #lock} held. */
	private void pauseAbove() {
		Transport transport = this.transport;
		if (transport != null && this.input.isAboveHighMark() && this.pausable
				&& this.input.gate().pauseAbove(this.input.size(), System.nanoTime())) {
			pause(transport);
		}
	}

	/** Call with {@link #lock} held. */
	private void pause(Transport transport) {
		try {
			transport.pauseReading();
		}
		catch (UnsupportedOperationException ex) {
			// As in asyncio: everything is buffered, and it is not asked again.
			this.pausable = false;
			this.input.gate().resume(System.nanoTime());
			return;
		}
		noteActivity();
		if (this.connection != null) {
			this.connection.readingPaused();
		}
	}

	/** Call with {@link #lock} held. */
	private void resumeAfterConsuming() {
		if (this.input.pollConsumed()) {
			resumeIfAtOrBelowLimit();
		}
	}

	/** Call with {@link #lock} held. */
	private void resumeIfAtOrBelowLimit() {
		if (this.input.gate().isPaused() && this.input.size() <= this.input.limit().bytes()) {
			resume();
		}
	}

	/** Drops what was received: nobody will read it any more. */
	void discard() {
		this.lock.lock();
		try {
			this.input.discard(this.input.size());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends a pause that nobody will end any more, so that its time is told. */
	void endPause() {
		this.lock.lock();
		try {
			resume();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private void resume() {
		PauseGate gate = this.input.gate();
		Transport transport = this.transport;
		if (!gate.isPaused() || transport == null) {
			return;
		}
		long now = System.nanoTime();
		long paused = gate.times(now).currentNanos();
		gate.resume(now);
		noteActivity();
		if (!this.held) {
			transport.resumeReading();
		}
		if (this.connection != null) {
			this.connection.readingResumed(Duration.ofNanos(paused));
		}
	}

}
