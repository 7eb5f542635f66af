package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.PauseGate;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * TLS between two layers: the protocol of the transport below, which carries records, and
 * the transport of the protocol above, which sees plain bytes.
 * <p>
 * The protocol above hears of its connection when the handshake is done, and never if it
 * fails. What is written is queued as plain bytes and encrypted when it is flushed, so
 * that small writes share a record; no more is encrypted than the transport below has
 * room for, and the write buffer's size counts both layers. The engine's own tasks, which
 * verify and sign, run on virtual threads of their own, while no input is read.
 *
 * @see TlsState
 */
public final class TlsTransport implements Transport, Protocol {

	/** Calls of the engine in a row that neither take nor give a byte, at the most. */
	private static final int MAX_IDLE_CALLS = 10;

	/** Bytes of data in one record. */
	private static final int MAX_DATA_BYTES = 16 * 1024;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final SSLEngine engine;

	private final TlsOptions options;

	private final HandshakeListener listener;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by {@link #lock}: bytes that were written and not yet encrypted. */
	private final SegmentQueue output = new SegmentQueue();

	/** Guarded by {@link #lock}. */
	private PauseGate gate = new PauseGate(WaterMarks.DEFAULT);

	/** Event loop only. */
	private final TlsInput input = new TlsInput();

	/** Written under {@link #lock}. */
	private volatile TlsState state = TlsState.UNWRAPPED;

	/** Set when the transport below is known, before any other event. */
	private volatile @Nullable Transport lower;

	private volatile Protocol upper;

	private volatile @Nullable TransportInfo info;

	private volatile boolean readingPaused;

	/**
	 * Whether the protocol above is paused; a copy of the gate's state for other threads.
	 */
	private volatile boolean writingPaused;

	/** Event loop only: the protocol above knew of the connection before TLS began. */
	private boolean upgrade;

	/** Guarded by {@link #lock}: the own side was ended. */
	private boolean outputEnded;

	/** Whether the loop was asked to flush. */
	private final AtomicBoolean flushPlanned = new AtomicBoolean();

	/** Event loop only: the engine's tasks run, and input has to wait. */
	private boolean tasksRunning;

	/** Event loop only: the protocol above knows that its input ended. */
	private boolean inputEnded;

	/**
	 * Event loop only: what ended the connection, if the transport below does not say.
	 */
	private @Nullable IOException failure;

	/** Event loop only: calls of the engine without progress, in a row. */
	private int idleCalls;

	private long handshakeBegan;

	/** Completes when the handshake is over. */
	private final CompletableFuture<Transport> handshake = new CompletableFuture<>();

	/** Set once closing has begun. */
	private volatile @Nullable Cancellable shutdownDeadline;

	TlsTransport(SSLEngine engine, TlsOptions options, Protocol upper, HandshakeListener listener) {
		this.engine = engine;
		this.options = options;
		this.upper = upper;
		this.listener = listener;
	}

	/**
	 * The server's side of a connection.
	 * @param options how to speak TLS
	 * @param upper the protocol that sees plain bytes
	 * @param listener hears how the handshake ends
	 * @return a protocol for the transport below
	 */
	public static TlsTransport server(TlsOptions options, Protocol upper, HandshakeListener listener) {
		return new TlsTransport(TlsEngines.server(options), options, upper, listener);
	}

	/**
	 * The client's side of a connection.
	 * @param options how to speak TLS
	 * @param host the name that the client connects to, or {@code null}
	 * @param port the port that it connects to
	 * @param upper the protocol that sees plain bytes
	 * @param listener hears how the handshake ends
	 * @return a protocol for the transport below
	 * @throws IllegalArgumentException if a name is to be verified and there is none
	 */
	public static TlsTransport client(TlsOptions options, @Nullable String host, int port, Protocol upper,
			HandshakeListener listener) {
		return new TlsTransport(TlsEngines.client(options, host, port), options, upper, listener);
	}

	/**
	 * The outcome of the handshake.
	 * @return completes with this transport, or with the reason why there is none
	 */
	public CompletableFuture<Transport> handshake() {
		return this.handshake;
	}

	/**
	 * Begins TLS on a connection that stands already. Call it on the event loop, as the
	 * protocol of the transport below.
	 * @param transport the transport below
	 * @param readAhead encrypted bytes that were received before, which may be the peer's
	 * first record
	 */
	public void upgrade(Transport transport, ByteBuffer readAhead) {
		this.upgrade = true;
		transport.setProtocol(this);
		begin(transport);
		transport.resumeReading();
		receive(readAhead);
	}

	// The protocol of the transport below

	@Override
	public void connectionMade(Transport transport) {
		begin(transport);
	}

	@Override
	public void dataReceived(ByteBuffer data) {
		receive(data);
	}

	@Override
	public boolean eofReceived() {
		if (!this.handshake.isDone()) {
			fail(new ConnectionLostException("The peer ended the connection in the TLS handshake"));
		}
		else if (!this.engine.isInboundDone() && this.state == TlsState.OPEN) {
			truncated();
		}
		// Closing is this layer's affair: it has something to send before.
		return true;
	}

	@Override
	public void pauseWriting() {
	}

	@Override
	public void resumeWriting() {
		planFlush();
	}

	@Override
	public void bytesSent(long count) {
		if (this.writingPaused) {
			planFlush();
		}
	}

	@Override
	public void connectionLost(@Nullable IOException cause) {
		IOException reason = (this.failure != null) ? this.failure : cause;
		this.lock.lock();
		try {
			if (this.state == TlsState.CLOSED) {
				return;
			}
			moveTo(TlsState.CLOSED);
			this.output.clear();
		}
		finally {
			this.lock.unlock();
		}
		this.input.clear();
		if (this.shutdownDeadline != null) {
			this.shutdownDeadline.cancel();
		}
		boolean agreed = this.handshake.isDone() && !this.handshake.isCompletedExceptionally();
		if (!agreed) {
			handshakeFailed((reason != null) ? reason
					: new ConnectionLostException("The connection was closed in the TLS handshake"));
		}
		if (agreed || this.upgrade) {
			this.upper.connectionLost(reason);
		}
	}

	// The transport of the protocol above

	@Override
	public TransportInfo info() {
		TransportInfo info = this.info;
		return (info != null) ? info : lower().info();
	}

	@Override
	public TransportState state() {
		return switch (this.state) {
			case UNWRAPPED -> TransportState.OPEN;
			case HANDSHAKE, OPEN -> lower().state();
			case FLUSHING -> TransportState.CLOSING;
			case SHUTDOWN -> (lower().state() == TransportState.OPEN) ? TransportState.CLOSING : lower().state();
			case CLOSED -> TransportState.CLOSED;
		};
	}

	@Override
	public void execute(Runnable task) {
		lower().execute(task);
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		return lower().executeLater(delay, task);
	}

	@Override
	public boolean inEventLoop() {
		return lower().inEventLoop();
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, data.length);
		this.lock.lock();
		try {
			if (mayWrite()) {
				this.output.append(data, offset, length);
				afterWrite();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void write(ByteBuffer data) {
		this.lock.lock();
		try {
			if (mayWrite()) {
				this.output.append(data);
				afterWrite();
			}
			else {
				data.position(data.limit());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void flush() {
		this.lock.lock();
		try {
			encryptWhatFits();
			pauseOrResumeProtocol();
		}
		catch (IOException ex) {
			failLater(ex);
		}
		finally {
			this.lock.unlock();
		}
		lower().flush();
	}

	/**
	 * Whether the own side can be ended alone: from TLS 1.3 on (RFC 8446, section 6.1).
	 */
	@Override
	public boolean canWriteEof() {
		return "TLSv1.3".equals(this.engine.getSession().getProtocol());
	}

	@Override
	public void writeEof() {
		if (!canWriteEof()) {
			throw new UnsupportedOperationException("TLS before 1.3 cannot end one side alone: say in the protocol that"
					+ " nothing more comes, or close the connection");
		}
		this.lock.lock();
		try {
			if (this.state == TlsState.OPEN && !this.outputEnded) {
				this.outputEnded = true;
				planFlush();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void pauseReading() {
		this.readingPaused = true;
		lower().pauseReading();
	}

	@Override
	public void resumeReading() {
		this.readingPaused = false;
		execute(this::resumeInput);
	}

	@Override
	public boolean isReading() {
		return this.state == TlsState.OPEN && !this.readingPaused;
	}

	@Override
	public long writeBufferSize() {
		this.lock.lock();
		try {
			return this.output.size() + lower().writeBufferSize();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public WaterMarks writeBufferLimits() {
		this.lock.lock();
		try {
			return this.gate.marks();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
		lower().setWriteBufferLimits(marks);
		this.lock.lock();
		try {
			this.gate.setMarks(marks);
			pauseOrResumeProtocol();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public PauseTimes writePauseTimes() {
		this.lock.lock();
		try {
			return this.gate.times(System.nanoTime());
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public long idleNanos() {
		return lower().idleNanos();
	}

	@Override
	public Protocol protocol() {
		return this.upper;
	}

	@Override
	public void setProtocol(Protocol protocol) {
		this.upper = protocol;
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			if (this.state == TlsState.OPEN) {
				moveTo(TlsState.FLUSHING);
				planShutdown();
				return;
			}
			if (this.state == TlsState.FLUSHING || this.state == TlsState.SHUTDOWN) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		lower().close();
	}

	@Override
	public void abort(@Nullable IOException cause) {
		lower().abort(cause);
	}

	@Override
	public String toString() {
		return "TlsTransport[" + this.state + ", " + this.engine.getSession().getProtocol() + ", " + this.lower + "]";
	}

	private Transport lower() {
		Transport transport = this.lower;
		if (transport == null) {
			throw new IllegalStateException("there is no transport below yet: TLS has not begun");
		}
		return transport;
	}

	// Handshake

	private void begin(Transport transport) {
		this.lower = transport;
		this.handshakeBegan = System.nanoTime();
		this.lock.lock();
		try {
			this.gate = new PauseGate(transport.writeBufferLimits());
			if (transport.writePauseTimes().paused()) {
				// The protocol above was told to pause before TLS began; it is to be
				// resumed.
				this.gate.pauseAbove(Long.MAX_VALUE, System.nanoTime());
				this.writingPaused = true;
			}
			moveTo(TlsState.HANDSHAKE);
			this.engine.beginHandshake();
		}
		catch (SSLException ex) {
			failLater(ex);
		}
		finally {
			this.lock.unlock();
		}
		Cancellable deadline = executeLater(this.options.handshakeTimeout(), this::handshakeTimedOut);
		this.handshake.whenComplete((done, failure) -> deadline.cancel());
		continueHandshake();
	}

	private void handshakeTimedOut() {
		if (!this.handshake.isDone()) {
			fail(new ConnectionTimeoutException(Phase.HANDSHAKE, this.options.handshakeTimeout()));
		}
	}

	/** Does what the engine asks for, until it asks for input. Event loop only. */
	private void continueHandshake() {
		if (lower().isClosing()) {
			// It takes no more, and there is nobody left to agree with.
			return;
		}
		try {
			HandshakeStatus status = this.engine.getHandshakeStatus();
			while (status == HandshakeStatus.NEED_WRAP && !this.engine.isOutboundDone()) {
				status = wrapHandshake();
			}
			if (status == HandshakeStatus.NEED_TASK) {
				runTasks();
			}
		}
		catch (IOException ex) {
			fail(ex);
		}
		lower().flush();
	}

	private HandshakeStatus wrapHandshake() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		SSLEngineResult result;
		this.lock.lock();
		try {
			result = this.engine.wrap(NOTHING.duplicate(), record);
			lower().write(record.flip());
		}
		finally {
			this.lock.unlock();
			TlsBuffers.giveBack(record);
		}
		guardProgress(result);
		if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
			handshakeSucceeded();
		}
		return this.engine.getHandshakeStatus();
	}

	private void runTasks() {
		if (this.tasksRunning) {
			return;
		}
		this.tasksRunning = true;
		lower().pauseReading();
		Thread.ofVirtual().name("streams-tls").start(() -> {
			try {
				boolean any = runDelegatedTasks();
				execute(() -> tasksDone(any));
			}
			catch (RuntimeException | Error ex) {
				failLater(new SSLException("A task of the TLS engine failed", ex));
			}
		});
	}

	private boolean runDelegatedTasks() {
		boolean any = false;
		Runnable task;
		while ((task = this.engine.getDelegatedTask()) != null) {
			any = true;
			task.run();
		}
		return any;
	}

	private void tasksDone(boolean any) {
		this.tasksRunning = false;
		this.idleCalls += any ? 0 : 1;
		if (this.idleCalls >= MAX_IDLE_CALLS) {
			fail(new SSLException("The TLS engine asks for tasks to be run, and has none"));
			return;
		}
		continueHandshake();
		resumeInput();
	}

	private void handshakeSucceeded() {
		if (this.state != TlsState.HANDSHAKE) {
			return;
		}
		this.lock.lock();
		try {
			moveTo(TlsState.OPEN);
		}
		finally {
			this.lock.unlock();
		}
		this.info = describe();
		this.listener.handshakeSucceeded(Duration.ofNanos(System.nanoTime() - this.handshakeBegan));
		if (!this.upgrade) {
			this.upper.connectionMade(this);
		}
		this.handshake.complete(this);
		// What was resumed below during the handshake is to be resumed above, too.
		planFlush();
	}

	private TransportInfo describe() {
		SSLSession session = this.engine.getSession();
		Map<TransportInfo.Key<?>, Object> attributes = new HashMap<>();
		attributes.put(TransportInfo.TLS_SESSION, session);
		String agreed = this.engine.getApplicationProtocol();
		if (agreed != null && !agreed.isEmpty()) {
			attributes.put(TransportInfo.APPLICATION_PROTOCOL, agreed);
		}
		return lower().info().with(attributes);
	}

	private void handshakeFailed(IOException cause) {
		if (!this.handshake.isDone()) {
			this.listener.handshakeFailed(Duration.ofNanos(System.nanoTime() - this.handshakeBegan), cause);
			this.handshake.completeExceptionally(cause);
		}
	}

	// Input

	/** Takes encrypted bytes in. Event loop only. */
	private void receive(ByteBuffer chunk) {
		ByteBuffer scratch = TlsBuffers.borrow();
		ByteBuffer plain = TlsBuffers.borrow();
		try {
			while (isReceiving()) {
				ByteBuffer record = this.input.next(chunk, scratch);
				if (record == null) {
					return;
				}
				plain = unwrap(record, plain);
			}
			if (this.state == TlsState.HANDSHAKE || this.state == TlsState.OPEN) {
				this.input.keep(chunk);
			}
			chunk.position(chunk.limit());
		}
		catch (IOException ex) {
			fail(ex);
		}
		finally {
			TlsBuffers.giveBack(scratch);
			TlsBuffers.giveBack(plain);
		}
	}

	private boolean isReceiving() {
		return !this.tasksRunning && this.failure == null && !this.engine.isInboundDone()
				&& (this.state == TlsState.HANDSHAKE || this.state == TlsState.OPEN);
	}

	private ByteBuffer unwrap(ByteBuffer record, ByteBuffer plain) throws IOException {
		ByteBuffer target = plain;
		do {
			target.clear();
			TlsState before = this.state;
			SSLEngineResult result = unwrapOnce(record, target);
			if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
				target = ByteBuffer.allocate(this.engine.getSession().getApplicationBufferSize());
				continue;
			}
			deliver(target.flip(), before);
			if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
				throw new SSLException("The peer sent what is not a whole TLS record");
			}
			after(result, before);
		}
		while (record.hasRemaining() && isReceiving());
		return target;
	}

	private SSLEngineResult unwrapOnce(ByteBuffer record, ByteBuffer target) throws IOException {
		SSLEngineResult result;
		this.lock.lock();
		try {
			result = this.engine.unwrap(record, target);
		}
		finally {
			this.lock.unlock();
		}
		guardProgress(result);
		return result;
	}

	/**
	 * Bytes reach the protocol above when TLS was open before they were decrypted, only.
	 */
	private void deliver(ByteBuffer plain, TlsState before) {
		if (plain.hasRemaining() && before == TlsState.OPEN && this.state == TlsState.OPEN) {
			this.upper.dataReceived(plain);
		}
	}

	private void after(SSLEngineResult result, TlsState before) throws IOException {
		HandshakeStatus status = result.getHandshakeStatus();
		if (status == HandshakeStatus.FINISHED) {
			handshakeSucceeded();
		}
		else if (status != HandshakeStatus.NOT_HANDSHAKING) {
			refuseRenegotiation(before);
			continueHandshake();
		}
		if (this.tasksRunning) {
			// A task that fails closes the engine as well, and knows the reason.
			return;
		}
		if (this.engine.isInboundDone()) {
			closeNotified();
		}
		else if (status == HandshakeStatus.NEED_WRAP && lower().writeBufferSize() > this.gate.marks().high()) {
			// Answers pile up that the peer does not take: ask for no more questions.
			lower().pauseReading();
		}
	}

	private void refuseRenegotiation(TlsState before) throws SSLException {
		boolean established = before == TlsState.OPEN && !this.engine.isInboundDone();
		if (established && !canWriteEof()) {
			throw new SSLException("The peer asked for a renegotiation, which is refused");
		}
	}

	/** The peer ended its side properly. */
	private void closeNotified() {
		if (this.state != TlsState.OPEN) {
			fail(new ConnectionLostException("The peer ended TLS in the handshake"));
			return;
		}
		endInput();
		if (!canWriteEof()) {
			close();
		}
	}

	private void truncated() {
		if (this.options.acceptTruncation()) {
			endInput();
			return;
		}
		this.failure = new TlsTruncatedException();
		close();
	}

	private void endInput() {
		if (!this.inputEnded) {
			this.inputEnded = true;
			if (!this.upper.eofReceived()) {
				close();
			}
		}
	}

	private void resumeInput() {
		if (this.state == TlsState.CLOSED || this.tasksRunning) {
			return;
		}
		receive(NOTHING.duplicate());
		if (!this.readingPaused && !this.tasksRunning) {
			lower().resumeReading();
		}
	}

	private void guardProgress(SSLEngineResult result) throws SSLException {
		boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
		this.idleCalls = progress ? 0 : this.idleCalls + 1;
		if (this.idleCalls >= MAX_IDLE_CALLS) {
			throw new SSLException("The TLS engine made no progress in " + this.idleCalls + " calls: " + result);
		}
	}

	// Output

	/** Call with {@link #lock} held. */
	private boolean mayWrite() {
		if (this.outputEnded) {
			throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
		}
		if (this.state == TlsState.UNWRAPPED || this.state == TlsState.HANDSHAKE) {
			throw new IllegalStateException("unable to write; the TLS handshake is in progress: wait for startTls");
		}
		return this.state == TlsState.OPEN || this.state == TlsState.FLUSHING;
	}

	/** Call with {@link #lock} held. */
	private void afterWrite() {
		try {
			if (this.output.size() > this.gate.marks().high()) {
				encryptWhatFits();
			}
		}
		catch (IOException ex) {
			failLater(ex);
		}
		pauseOrResumeProtocol();
		planFlush();
	}

	/**
	 * Encrypts what is queued as long as the transport below has room. Call with
	 * {@link #lock} held.
	 */
	private void encryptWhatFits() throws IOException {
		int room = this.gate.marks().high();
		while (!this.output.isEmpty() && lower().writeBufferSize() <= room && this.state == TlsState.OPEN
				&& !this.engine.isOutboundDone()) {
			encryptOne();
		}
	}

	/** Call with {@link #lock} held. */
	private void encryptOne() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		try {
			ByteBuffer[] data = this.output.peekBytes(MAX_DATA_BYTES);
			SSLEngineResult result = this.engine.wrap(data, record);
			if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
				throw new SSLException("The TLS engine takes no more data: " + result);
			}
			this.output.skip(result.bytesConsumed());
			lower().write(record.flip());
			this.upper.bytesSent(result.bytesConsumed());
		}
		finally {
			TlsBuffers.giveBack(record);
		}
	}

	/** Call with {@link #lock} held. */
	private void pauseOrResumeProtocol() {
		long size = this.output.size() + lower().writeBufferSize();
		if (!this.gate.isPaused() && size <= this.gate.marks().high()) {
			return;
		}
		long now = System.nanoTime();
		if (this.gate.pauseAbove(size, now)) {
			this.writingPaused = true;
			this.upper.pauseWriting();
		}
		else if (this.gate.resumeAtOrBelow(size, now)) {
			this.writingPaused = false;
			this.upper.resumeWriting();
		}
	}

	private void planFlush() {
		if (this.flushPlanned.compareAndSet(false, true)) {
			execute(this::flushOnLoop);
		}
	}

	private void flushOnLoop() {
		this.flushPlanned.set(false);
		if (this.state != TlsState.OPEN) {
			return;
		}
		flush();
		endOutputIfAsked();
		if (!this.readingPaused && !this.tasksRunning) {
			lower().resumeReading();
		}
	}

	private void endOutputIfAsked() {
		this.lock.lock();
		try {
			if (this.outputEnded && this.output.isEmpty() && !this.engine.isOutboundDone()) {
				sendCloseNotify();
			}
		}
		catch (IOException ex) {
			failLater(ex);
		}
		finally {
			this.lock.unlock();
		}
		lower().flush();
	}

	// Close

	/** Call with {@link #lock} held. */
	private void planShutdown() {
		execute(this::shutDown);
	}

	/** Encrypts what is left, says goodbye, and has the transport below send it all. */
	private void shutDown() {
		this.lock.lock();
		try {
			if (this.state != TlsState.FLUSHING) {
				return;
			}
			while (!this.output.isEmpty() && !this.engine.isOutboundDone()) {
				encryptOne();
			}
			sendCloseNotify();
			moveTo(TlsState.SHUTDOWN);
		}
		catch (IOException ex) {
			this.failure = (this.failure != null) ? this.failure : ex;
			moveTo(TlsState.SHUTDOWN);
		}
		finally {
			this.lock.unlock();
		}
		closeLower();
	}

	/** Has the transport below send what is left, as long as the peer takes it. */
	private void closeLower() {
		lower().close();
		watchShutdown(writeBufferSize());
	}

	/** Call with {@link #lock} held. */
	private void sendCloseNotify() throws IOException {
		this.engine.closeOutbound();
		ByteBuffer record = TlsBuffers.borrow();
		try {
			// An engine that never comes to its end would fill the memory.
			for (int i = 0; i < MAX_IDLE_CALLS && !this.engine.isOutboundDone(); i++) {
				SSLEngineResult result = this.engine.wrap(NOTHING.duplicate(), record);
				if (result.bytesProduced() == 0) {
					break;
				}
				lower().write(record.flip());
				record.clear();
			}
		}
		finally {
			TlsBuffers.giveBack(record);
		}
	}

	/** Aborts a close that makes no progress within the shutdown timeout. */
	private void watchShutdown(long unsentBefore) {
		Duration timeout = this.options.shutdownTimeout();
		this.shutdownDeadline = executeLater(timeout, () -> shutdownTimedOut(unsentBefore));
	}

	private void shutdownTimedOut(long unsentBefore) {
		long unsent = writeBufferSize();
		if (this.state == TlsState.CLOSED || unsent == 0) {
			// It lingers, which the transport below bounds.
			return;
		}
		if (unsent < unsentBefore) {
			watchShutdown(unsent);
		}
		else {
			abort(new ConnectionTimeoutException(Phase.CLOSE, this.options.shutdownTimeout()));
		}
	}

	// Failure

	private void failLater(IOException cause) {
		execute(() -> fail(cause));
	}

	/** Tells the peer why, as far as TLS can, and closes. Event loop only. */
	private void fail(IOException cause) {
		if (this.failure != null || this.state == TlsState.CLOSED) {
			return;
		}
		this.failure = cause;
		this.lock.lock();
		try {
			this.output.clear();
			if (this.state.canMoveTo(TlsState.SHUTDOWN)) {
				moveTo(TlsState.SHUTDOWN);
			}
			// After an error of its own, the engine's next record is the alert.
			sendCloseNotify();
		}
		catch (IOException | RuntimeException ex) {
			cause.addSuppressed(ex);
		}
		finally {
			this.lock.unlock();
		}
		handshakeFailed(cause);
		closeLower();
	}

	/** Call with {@link #lock} held. */
	private void moveTo(TlsState next) {
		if (!this.state.canMoveTo(next)) {
			throw new IllegalStateException("illegal move from " + this.state + " to " + next);
		}
		this.state = next;
	}

}
