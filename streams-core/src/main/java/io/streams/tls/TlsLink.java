package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

import io.streams.flow.LoopLock;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * What the parts of TLS on one connection share: the engine, the state, the layers above
 * and below, and each other.
 *
 * <pre>
 *   Protocol above          {@link Protocol}, sees plain bytes
 *        ▲ │
 *        │ ▼
 *   {@link TlsTransport}          the two interfaces, and nothing else
 *   {@link TlsHandshake}          until the keys are agreed on, and the engine's tasks
 *   {@link TlsReadSide}           records in, plain bytes out
 *   {@link TlsWriteSide}          plain bytes in, records out, the marks of both layers
 *   {@link TlsShutdown}           the end: in good order, in time, or by a failure
 *        ▲ │
 *        │ ▼
 *   Transport below         {@link Transport}, carries records
 * </pre>
 */
final class TlsLink {

	/** Calls of the engine in a row that neither take nor give a byte, at the most. */
	static final int MAX_IDLE_CALLS = 10;

	private final SSLEngine engine;

	private final TlsOptions options;

	private final TlsTransport transport;

	private final TlsTarget target;

	private final TlsHandshake handshake;

	private final TlsReadSide readSide;

	private final TlsWriteSide writeSide;

	private final TlsShutdown shutdown;

	/** Guards the calls of the engine that need it, and what the parts say it guards. */
	private final ReentrantLock lock = new LoopLock();

	/** Written under {@link #lock}. */
	private volatile TlsState state = TlsState.UNWRAPPED;

	/** Set when the transport below is known, before any other event. */
	private volatile @Nullable Transport lower;

	private volatile Protocol upper;

	/**
	 * Event loop only: what ended the connection, if the transport below does not say.
	 */
	private @Nullable IOException failure;

	/** Event loop only: calls of the engine without progress, in a row. */
	private int idleCalls;

	TlsLink(SSLEngine engine, TlsOptions options, TlsTransport transport, TlsTarget target, Protocol upper,
			HandshakeListener listener) {
		this.engine = engine;
		this.options = options;
		this.transport = transport;
		this.target = target;
		this.upper = upper;
		this.handshake = new TlsHandshake(this, listener);
		this.readSide = new TlsReadSide(this);
		this.writeSide = new TlsWriteSide(this);
		this.shutdown = new TlsShutdown(this);
	}

	SSLEngine engine() {
		return this.engine;
	}

	TlsOptions options() {
		return this.options;
	}

	TlsTransport transport() {
		return this.transport;
	}

	TlsTarget target() {
		return this.target;
	}

	TlsHandshake handshake() {
		return this.handshake;
	}

	TlsReadSide readSide() {
		return this.readSide;
	}

	TlsWriteSide writeSide() {
		return this.writeSide;
	}

	TlsShutdown shutdown() {
		return this.shutdown;
	}

	ReentrantLock lock() {
		return this.lock;
	}

	TlsState state() {
		return this.state;
	}

	boolean isIn(TlsState state) {
		return this.state == state;
	}

	/** Call with {@link #lock} held. */
	void moveTo(TlsState next) {
		if (!this.state.canMoveTo(next)) {
			throw new IllegalStateException("illegal move from " + this.state + " to " + next);
		}
		this.state = next;
	}

	Transport lower() {
		Transport transport = this.lower;
		if (transport == null) {
			throw new IllegalStateException("there is no transport below yet: TLS has not begun");
		}
		return transport;
	}

	@Nullable Transport lowerIfAny() {
		return this.lower;
	}

	void setLower(Transport lower) {
		this.lower = lower;
	}

	Protocol upper() {
		return this.upper;
	}

	void setUpper(Protocol upper) {
		this.upper = upper;
	}

	void execute(Runnable task) {
		lower().loop().execute(task);
	}

	/** Event loop only. */
	@Nullable IOException failure() {
		return this.failure;
	}

	/** Notes what ended the connection, unless that is known. Event loop only. */
	void noteFailure(IOException cause) {
		this.failure = (this.failure != null) ? this.failure : cause;
	}

	/** Whether the own side can be ended alone: from TLS 1.3 on. */
	boolean canEndOneSide() {
		return "TLSv1.3".equals(this.handshake.version());
	}

	/** Has the engine encrypt. Call with {@link #lock} held. */
	SSLEngineResult wrap(ByteBuffer[] data, ByteBuffer record) throws SSLException {
		try {
			return this.engine.wrap(data, record);
		}
		catch (RuntimeException ex) {
			throw broken(ex);
		}
	}

	/** Has the engine decrypt. Call with {@link #lock} held. */
	SSLEngineResult unwrap(ByteBuffer record, ByteBuffer plain) throws SSLException {
		try {
			return this.engine.unwrap(record, plain);
		}
		catch (RuntimeException ex) {
			throw broken(ex);
		}
	}

	/** What a security provider throws is no fault of whoever happens to call. */
	static SSLException broken(RuntimeException ex) {
		return new SSLException("The TLS engine failed", ex);
	}

	/** Event loop only. */
	void guardProgress(SSLEngineResult result) throws SSLException {
		boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
		if (progress) {
			this.idleCalls = 0;
		}
		else {
			noteIdleCall("takes and gives nothing (" + result.getStatus() + ", " + result.getHandshakeStatus() + ")");
		}
	}

	/** Event loop only. */
	void noteIdleCall(String what) throws SSLException {
		this.idleCalls++;
		if (this.idleCalls >= MAX_IDLE_CALLS) {
			throw new SSLException("The TLS engine made no progress in " + this.idleCalls + " calls: it " + what);
		}
	}

}
