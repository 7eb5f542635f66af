package io.streams;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import io.streams.flow.FreshFailure;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The machine behind a {@link StreamReader}: the half that reads, over the half that
 * {@linkplain ReceiveSide receives}. A read that finds its bytes returns at once. Any
 * other read waits, and is tried again at each feed, end or failure.
 * <p>
 * Safe for use by any thread. One read may wait at a time.
 */
final class ReadSide extends ReceiveSide {

	/**
	 * Maximum number of consecutive asynchronous reads that return an already completed
	 * future. Their dependents run on the caller's stack and read again, so an unbounded
	 * number could overflow it.
	 */
	private static final int MAX_READY_IN_ROW = 32;

	/**
	 * Guarded by {@link #lock}: asynchronous reads that found their bytes, since one had
	 * to wait or was completed by the event loop.
	 */
	private int readyInRow;

	ReadSide(ReadLimit limit) {
		super(limit);
	}

	void setLimit(ReadLimit limit) {
		this.lock.lock();
		try {
			this.input.setLimit(limit);
			if (this.pending == null) {
				// The bytes that a read waits for must come, however many they are.
				pauseAboveHighMark();
			}
			resumeAtOrBelowLimit();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return state().describe(transport());
	}

	/**
	 * Returns whether bytes wait to be read. Looks without the lock, as each drain calls
	 * it: after an outdated answer bytes only leave a little earlier, or with the next
	 * read.
	 * @throws IOException the error that ended the input
	 */
	boolean hasUnread() throws IOException {
		IOException failure = failure();
		if (failure != null) {
			throw FreshFailure.of(failure);
		}
		return !this.input.isEmpty();
	}

	/**
	 * Yields after a read whose handler has run for too long, and at the end of the
	 * input: no read waits there, and a handler that ignores the end reads again. Looks
	 * without the lock, because the end of the input is final.
	 */
	private void yieldAfterRead() {
		InputListener listener = listener();
		if (this.input.isEnded() && this.input.isEmpty()) {
			yieldFairly();
		}
		else if (listener != null && listener.isTurnOver()) {
			yieldFairly();
			listener.noteYield();
		}
	}

	/** Yields after a read that has failed, and may be tried again. */
	private void yieldFairly() {
		Transport transport = transport();
		if (transport != null) {
			transport.loop().yieldFairly();
		}
	}

	/**
	 * Reads a line, and waits for it on the calling thread. A line that is there is taken
	 * directly: so are most lines of a pipelined protocol.
	 */
	byte[] readLine() throws IOException {
		try {
			byte[] line = takeLine();
			yieldAfterRead();
			return line;
		}
		catch (IOException ex) {
			yieldFairly();
			throw ex;
		}
	}

	private byte[] takeLine() throws IOException {
		PendingRead.Blocking<byte[]> read;
		this.lock.lock();
		try {
			byte[] line = this.input.takeLine();
			if (line != null) {
				resumeAfterConsuming();
				return line;
			}
			ReadLine request = new ReadLine();
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
		try {
			T result = take(request);
			yieldAfterRead();
			return result;
		}
		catch (IOException ex) {
			yieldFairly();
			throw ex;
		}
	}

	private <T> T take(ReadRequest<T> request) throws IOException {
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
		return read.await(this);
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
				watchReadTimeout();
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
	 * Returns the future of a read that found its bytes. They are taken in any case: a
	 * cancel comes too late. Call without {@link #lock}.
	 */
	private <T> CompletableFuture<T> ready(T result, int readyInRow) {
		Transport transport = transport();
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
		StopWait stop = stop();
		boolean answered = stop != null && request.whenStopping() != null;
		if (answered && transport() == null) {
			return request.whenStopping();
		}
		if (isClosedLocally()) {
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
		InputListener listener = listener();
		if (listener != null) {
			listener.noteWait();
		}
		if (this.pending != null) {
			if (listener != null) {
				listener.secondReadRefused();
			}
			throw new IllegalStateException(read.request().method()
					+ "() called while another coroutine is already waiting for incoming data: let that read finish,"
					+ " or cancel it, first");
		}
		resume();
		setPending(read);
		noteWait(read.request());
	}

	@Override
	public boolean withdraw(PendingRead<?> read) {
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

	@Override
	public boolean withdraw(ReadFuture<?> future) {
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

	/** Drops received bytes, because no thread will read them. */
	void discard() {
		this.lock.lock();
		try {
			this.input.discard(this.input.size());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Sends queued bytes, because the peer may have to answer them before it sends. */
	private void flushWrites() {
		Transport transport = transport();
		if (transport != null) {
			transport.flush();
		}
	}

	private void refuseOnEventLoop(ReadRequest<?> request) {
		Transport transport = transport();
		if (transport != null && transport.loop().inEventLoop()) {
			throw new IllegalStateException(request.method() + " would block the event loop: call " + request.method()
					+ "Async, or use a ConnectionHandler, which has a thread of its own");
		}
	}

}
