package io.streams.tls;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.streams.buffer.MemoryBudget;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * Has the engine say what it has to say, and runs its tasks, which verify and sign, on
 * virtual threads of their own while no input is taken. After the handshake it still does
 * so for new keys.
 */
final class TlsHandshake {

	/** Bytes that the engine keeps during a handshake: an estimate. */
	private static final int HANDSHAKE_BYTES = 24 * 1024;

	/** Bytes that it keeps afterwards: an estimate. */
	private static final int AGREED_BYTES = 4 * 1024;

	private final TlsLink link;

	private final HandshakeListener listener;

	/** Completes when the handshake is over. */
	private final CompletableFuture<Transport> outcome = new CompletableFuture<>();

	/** Event loop only: the protocol above knew of the connection before TLS began. */
	private boolean upgrade;

	/** Written by the event loop: the engine's tasks run, and input has to wait. */
	private volatile boolean tasksRunning;

	/** Written by the event loop. */
	private volatile HandshakeProgress progress = HandshakeProgress.SILENT;

	/** Written by the event loop: when the peer last sent something. */
	private volatile long lastHeard = System.nanoTime();

	/**
	 * Written by the event loop; before the transport below is known, when this was made.
	 */
	private volatile long began = System.nanoTime();

	/** Event loop only: bytes that are counted for the engine. */
	private int reserved;

	private final TlsRenegotiation renegotiation;

	/** Event loop only: ends the handshake in time. */
	private @Nullable Cancellable deadline;

	/** Event loop only: the last task of a client's handshake. */
	private HandshakeTasks.@Nullable Task task;

	/** Written by the event loop before the task is submitted: when that was. */
	private volatile long askedAt;

	/**
	 * Written by the thread of a task, one after the other: how long tasks have waited
	 * for a processor.
	 */
	private volatile long waitedNanos;

	/** Event loop only: by how much the deadline was extended. */
	private long extendedNanos;

	/** Set once, when the peers have agreed. */
	private volatile @Nullable TransportInfo info;

	TlsHandshake(TlsLink link, HandshakeListener listener) {
		this.link = link;
		this.listener = listener;
		this.renegotiation = new TlsRenegotiation(link);
	}

	CompletableFuture<Transport> outcome() {
		return this.outcome;
	}

	boolean isOver() {
		return this.outcome.isDone();
	}

	boolean hasSucceeded() {
		return this.outcome.isDone() && !this.outcome.isCompletedExceptionally();
	}

	boolean isUpgrade() {
		return this.upgrade;
	}

	void markUpgrade() {
		this.upgrade = true;
	}

	/** The peer has sent something. Event loop only. */
	void heardOfPeer() {
		if (this.outcome.isDone()) {
			return;
		}
		this.lastHeard = System.nanoTime();
		if (this.progress == HandshakeProgress.SILENT) {
			this.progress = HandshakeProgress.BEGUN;
		}
	}

	HandshakeProgress progress() {
		return this.progress;
	}

	long lastHeard() {
		return this.lastHeard;
	}

	/** How long it has taken. */
	long nanos(long now) {
		return now - this.began;
	}

	boolean areTasksRunning() {
		return this.tasksRunning;
	}

	TlsRenegotiation renegotiation() {
		return this.renegotiation;
	}

	/** What was agreed on, or {@code null} before. */
	@Nullable TransportInfo info() {
		return this.info;
	}

	/**
	 * The version of TLS, or {@code null} before it was agreed on. The engine is not
	 * asked: a task of its own, which may take long, keeps the engine's lock.
	 */
	@Nullable String version() {
		TransportInfo agreed = this.info;
		SSLSession session = (agreed != null) ? agreed.get(TransportInfo.TLS_SESSION) : null;
		return (session != null) ? session.getProtocol() : null;
	}

	/** Counts what TLS keeps beside its buffers from now on. Event loop only. */
	private void reserve(int bytes) {
		MemoryBudget.reserve(bytes - this.reserved);
		this.reserved = bytes;
	}

	/** The connection is over: TLS keeps nothing. Event loop only. */
	void over() {
		reserve(0);
		HandshakeTasks.Task waiting = this.task;
		if (waiting != null) {
			HandshakeTasks.INSTANCE.withdraw(waiting);
			this.task = null;
		}
	}

	/** Begins, with the transport below known. Event loop only. */
	void begin(Transport lower) {
		reserve(HANDSHAKE_BYTES);
		this.began = System.nanoTime();
		this.link.lock().lock();
		try {
			this.link.writeSide().begin(lower);
			this.link.moveTo(TlsState.HANDSHAKE);
			this.link.engine().beginHandshake();
		}
		catch (SSLException ex) {
			this.link.shutdown().failLater(ex);
		}
		catch (RuntimeException ex) {
			this.link.shutdown().failLater(TlsLink.broken(ex));
		}
		finally {
			this.link.lock().unlock();
		}
		this.deadline = lower.loop().executeLater(this.link.options().handshakeTimeout(), this::timedOut);
		this.outcome.whenComplete((done, failure) -> cancelDeadline());
		goOn();
	}

	private void cancelDeadline() {
		Cancellable pending = this.deadline;
		if (pending != null) {
			pending.cancel();
			this.deadline = null;
		}
	}

	/** Others need its place more. Event loop only. */
	void giveUp() {
		if (!this.outcome.isDone()) {
			Duration time = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos(System.nanoTime())));
			this.link.shutdown().fail(new ConnectionTimeoutException(Phase.HANDSHAKE, time));
		}
	}

	/** The wait of a task for a processor does not count against the peer. */
	private void timedOut() {
		if (this.outcome.isDone()) {
			return;
		}
		long now = System.nanoTime();
		HandshakeTasks.Task pending = this.task;
		boolean waiting = pending != null && pending.isWaiting();
		long waited = this.waitedNanos + (waiting ? now - this.askedAt : 0);
		long left = waited - this.extendedNanos;
		if (left > 0) {
			this.extendedNanos = waited;
			this.deadline = this.link.lower().loop().executeLater(Duration.ofNanos(left), this::timedOut);
		}
		else {
			this.link.shutdown()
				.fail(new ConnectionTimeoutException(Phase.HANDSHAKE, this.link.options().handshakeTimeout()));
		}
	}

	/** Does what the engine asks for, until it asks for input. Event loop only. */
	void goOn() {
		if (this.link.lower().isClosing()) {
			// It takes no more, and there is nobody left to agree with.
			return;
		}
		try {
			HandshakeStatus status = this.link.engine().getHandshakeStatus();
			while (status == HandshakeStatus.NEED_WRAP && !this.link.engine().isOutboundDone()) {
				status = wrap();
				this.progress = HandshakeProgress.ANSWERED;
			}
			if (status == HandshakeStatus.NEED_TASK) {
				runTasks();
			}
		}
		catch (IOException ex) {
			this.link.shutdown().fail(ex);
		}
		this.link.lower().flush();
	}

	private HandshakeStatus wrap() throws IOException {
		SSLEngineResult result = this.link.writeSide().wrapNothing();
		this.link.guardProgress(result);
		if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
			succeeded();
		}
		return this.link.engine().getHandshakeStatus();
	}

	private void runTasks() {
		if (this.tasksRunning) {
			return;
		}
		this.tasksRunning = true;
		// What comes has to wait, and so has the end of the input, which may not overtake
		// it.
		this.link.lower().pauseReading();
		if (this.link.engine().getUseClientMode() || this.outcome.isDone()) {
			Thread.ofVirtual().name("streams-tls").start(this::runTasksNow);
			return;
		}
		this.askedAt = System.nanoTime();
		this.task = new HandshakeTasks.Task(this.began, () -> {
			this.waitedNanos = this.waitedNanos + System.nanoTime() - this.askedAt;
			runTasksNow();
		});
		if (!HandshakeTasks.INSTANCE.submit(this.task)) {
			lookAgainLater(this.task);
		}
	}

	private void lookAgainLater(HandshakeTasks.Task waiting) {
		this.link.lower().loop().executeLater(Duration.ofNanos(HandshakeTasks.LONG_NANOS), () -> {
			if (waiting.isWaiting()) {
				HandshakeTasks.INSTANCE.lookAgain();
				lookAgainLater(waiting);
			}
		});
	}

	private void runTasksNow() {
		try {
			boolean any = HandshakeTasks.runAll(this.link.engine());
			this.link.execute(() -> tasksDone(any));
		}
		catch (RuntimeException | Error ex) {
			this.link.execute(() -> taskFailed(ex));
		}
	}

	private void taskFailed(Throwable ex) {
		this.tasksRunning = false;
		this.task = null;
		this.link.shutdown().fail(new SSLException("A task of the TLS engine failed", ex));
	}

	private void tasksDone(boolean any) {
		this.tasksRunning = false;
		this.task = null;
		try {
			if (!any) {
				this.link.noteIdleCall("asks for tasks to be run, and has none");
			}
		}
		catch (SSLException ex) {
			this.link.shutdown().fail(ex);
			return;
		}
		try {
			goOn();
			this.link.readSide().resume();
		}
		catch (RuntimeException | Error ex) {
			this.link.shutdown().protocolFailed(ex);
		}
	}

	/** The engine has finished, which it may say twice. Event loop only. */
	void succeeded() {
		if (!this.link.isIn(TlsState.HANDSHAKE)) {
			return;
		}
		reserve(AGREED_BYTES);
		this.info = describe();
		this.renegotiation.prevent();
		this.link.lock().lock();
		try {
			this.link.moveTo(TlsState.OPEN);
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.readSide().opened();
		this.listener.handshakeSucceeded(Duration.ofNanos(System.nanoTime() - this.began));
		if (!this.upgrade) {
			this.link.upper().connectionMade(this.link.transport());
		}
		this.outcome.complete(this.link.transport());
		// What was resumed below during the handshake is to be resumed above, too.
		this.link.writeSide().planFlush();
	}

	private TransportInfo describe() {
		SSLSession session = this.link.engine().getSession();
		Map<TransportInfo.Key<?>, Object> attributes = new HashMap<>();
		attributes.put(TransportInfo.TLS_SESSION, session);
		String agreed = this.link.engine().getApplicationProtocol();
		if (agreed != null && !agreed.isEmpty()) {
			attributes.put(TransportInfo.APPLICATION_PROTOCOL, agreed);
		}
		return this.link.lower().info().with(attributes);
	}

	/** Tells that there will be no agreement, unless there was one. Event loop only. */
	void failed(IOException cause) {
		if (this.outcome.isDone()) {
			return;
		}
		Duration time = Duration.ofNanos(System.nanoTime() - this.began);
		IOException named = (cause == this.link.failure()) ? cause : this.link.target().named(cause);
		if (!this.upgrade && this.link.readSide().hasPeerLeftWithoutInput(cause)) {
			this.listener.peerSentNothing(time, named);
		}
		else {
			this.listener.handshakeFailed(time, named);
		}
		this.outcome.completeExceptionally(named);
	}

	/** It has failed, and its connection is gone. Event loop only. */
	void connectionGone() {
		this.listener.connectionGone();
	}

}
