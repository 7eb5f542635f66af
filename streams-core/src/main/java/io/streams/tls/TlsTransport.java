package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLEngine;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportLoop;
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
 * @since 0.1
 */
public final class TlsTransport implements Transport, Protocol {

	private final TlsLink link;

	/** Set by an abort, which may come before there is a transport below. */
	private volatile @Nullable IOException aborted;

	TlsTransport(SSLEngine engine, TlsOptions options, Protocol upper, HandshakeListener listener) {
		this(engine, options, TlsTarget.NONE, upper, listener);
	}

	private TlsTransport(SSLEngine engine, TlsOptions options, TlsTarget target, Protocol upper,
			HandshakeListener listener) {
		this.link = new TlsLink(engine, options, this, target, upper, listener);
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
		TlsTarget target = TlsTarget.of(options, host, port);
		return new TlsTransport(TlsEngines.client(options, host, port), options, target, upper, listener);
	}

	/**
	 * The outcome of the handshake.
	 * @return completes with this transport, or with the reason why there is none
	 */
	public CompletableFuture<Transport> handshake() {
		return this.link.handshake().outcome();
	}

	/**
	 * How far the handshake has come. Any thread.
	 * @return the progress
	 */
	public HandshakeProgress handshakeProgress() {
		return this.link.handshake().progress();
	}

	/**
	 * For how long the peer has sent nothing in the handshake. Any thread.
	 * @param now the present time by the monotonic clock
	 * @return nanoseconds
	 */
	public long handshakeSilenceNanos(long now) {
		return now - this.link.handshake().lastHeard();
	}

	/**
	 * Whether the handshake goes on and only the peer can go on with it. Any thread.
	 * @return {@code false} if it has not begun or is over, or this side has something to
	 * compute
	 */
	public boolean isWaitingForPeer() {
		TlsHandshake handshake = this.link.handshake();
		return this.link.lowerIfAny() != null && !handshake.isOver() && !handshake.areTasksRunning();
	}

	/**
	 * Ends the handshake as its timeout does, unless it is over. Any thread.
	 */
	public void giveUpHandshake() {
		this.link.execute(() -> this.link.handshake().giveUp());
	}

	/**
	 * How long the handshake has taken. Any thread.
	 * @param now the present time by the monotonic clock
	 * @return nanoseconds
	 */
	public long handshakeNanos(long now) {
		return this.link.handshake().nanos(now);
	}

	/**
	 * Puts TLS on top of a connection that stands already, from where it can be seen by
	 * other threads. Nothing is sent before {@link #upgrade}.
	 * @param transport the transport below
	 */
	public void placeOver(Transport transport) {
		this.link.handshake().markUpgrade();
		this.link.setLower(transport);
	}

	/**
	 * Begins TLS on the connection that it was {@linkplain #placeOver placed over}. Call
	 * it on the event loop.
	 * @param readAhead encrypted bytes that were received before, which may be the peer's
	 * first record
	 */
	public void upgrade(ByteBuffer readAhead) {
		Transport transport = this.link.lower();
		transport.setProtocol(this);
		connectionMade(transport);
		transport.resumeReading();
		this.link.readSide().receive(readAhead);
	}

	// The protocol of the transport below

	@Override
	public void connectionMade(Transport transport) {
		this.link.setLower(transport);
		if (this.aborted != null) {
			transport.abort(this.aborted);
		}
		else {
			this.link.handshake().begin(transport);
		}
	}

	@Override
	public void dataReceived(ByteBuffer data) {
		this.link.handshake().heardOfPeer();
		this.link.readSide().receive(data);
	}

	@Override
	public boolean eofReceived() {
		this.link.readSide().endedBelow();
		// Closing is this layer's affair: it has something to send before.
		return true;
	}

	@Override
	public void pauseWriting() {
	}

	@Override
	public void resumeWriting() {
		this.link.writeSide().planFlush();
	}

	@Override
	public void bytesSent(long count) {
		this.link.writeSide().sentBelow();
	}

	@Override
	public long bufferedBytes() {
		return this.link.readSide().held() + this.link.writeSide().queued() + this.link.upper().bufferedBytes();
	}

	@Override
	public void lingering() {
		boolean known = this.link.handshake().isUpgrade() || this.link.handshake().isOver();
		if (known && this.link.failure() == null) {
			// After a failure it is not the end that is to be told.
			this.link.upper().lingering();
		}
	}

	@Override
	public void connectionLost(@Nullable IOException cause) {
		deliverRest();
		if (!becomeClosed()) {
			return;
		}
		IOException failure = this.link.failure();
		IOException reason = (failure != null) ? failure : cause;
		this.link.readSide().clear();
		this.link.shutdown().over();
		this.link.handshake().over();
		TlsHandshake handshake = this.link.handshake();
		boolean agreed = handshake.hasSucceeded();
		if (!agreed) {
			handshake.failed((reason != null) ? reason
					: new ConnectionLostException("The connection was closed in the TLS handshake"));
		}
		if (agreed || handshake.isUpgrade()) {
			this.link.upper().connectionLost(reason);
		}
		else {
			handshake.connectionGone();
		}
	}

	/** Bytes that arrived before the connection broke belong to the reader. */
	private void deliverRest() {
		try {
			this.link.readSide().deliverRest();
		}
		catch (RuntimeException | Error ex) {
			this.link.shutdown().protocolFailed(ex);
		}
	}

	private boolean becomeClosed() {
		this.link.lock().lock();
		try {
			if (this.link.isIn(TlsState.CLOSED)) {
				return false;
			}
			this.link.moveTo(TlsState.CLOSED);
			this.link.writeSide().clear();
			return true;
		}
		finally {
			this.link.lock().unlock();
		}
	}

	// The transport of the protocol above

	@Override
	public TransportInfo info() {
		TransportInfo info = this.link.handshake().info();
		return (info != null) ? info : this.link.lower().info();
	}

	@Override
	public TransportState state() {
		return this.link.state().asTransportState(this.link.lower());
	}

	@Override
	public TransportLoop loop() {
		return this.link.lower().loop();
	}

	@Override
	public void lookForInput() {
		this.link.lower().lookForInput();
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, data.length);
		this.link.writeSide().write(data, offset, length);
	}

	@Override
	public void writeLines(List<byte[]> pieces) {
		this.link.writeSide().write(pieces);
	}

	@Override
	public void write(ByteBuffer data) {
		this.link.writeSide().write(data);
	}

	@Override
	public void flush() {
		this.link.writeSide().flush();
	}

	/**
	 * Returns whether a {@code close_notify} ends one side alone: from TLS 1.3 on (RFC
	 * 8446, section 6.1). Before, it ends both.
	 */
	@Override
	public boolean canWriteEof() {
		return this.link.canEndOneSide();
	}

	/**
	 * Ends the write side once the queued bytes are sent. Before TLS 1.3 the peer
	 * receives the {@code close_notify} later: when it has ended its side, or no byte has
	 * moved for 2 seconds, or for the shutdown timeout if that is shorter.
	 */
	@Override
	public void writeEof() {
		this.link.writeSide().end();
	}

	@Override
	public void pauseReading() {
		this.link.readSide().pause();
	}

	@Override
	public void resumeReading() {
		this.link.readSide().unpause();
	}

	@Override
	public boolean isReading() {
		return this.link.isIn(TlsState.OPEN) && !this.link.readSide().isPaused();
	}

	@Override
	public long writeBufferSize() {
		return this.link.writeSide().sizeOfBoth();
	}

	@Override
	public WaterMarks writeBufferLimits() {
		return this.link.writeSide().limits();
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
		this.link.writeSide().setLimits(marks);
	}

	@Override
	public long maxWriteBuffer() {
		return this.link.lower().maxWriteBuffer();
	}

	@Override
	public PauseTimes writePauseTimes() {
		return this.link.writeSide().pauseTimes();
	}

	@Override
	public long idleNanos() {
		return this.link.lower().idleNanos();
	}

	@Override
	public Protocol protocol() {
		return this.link.upper();
	}

	@Override
	public void setProtocol(Protocol protocol) {
		this.link.setUpper(protocol);
	}

	@Override
	public void close() {
		if (!this.link.shutdown().begin()) {
			this.link.lower().close();
		}
	}

	@Override
	public void abort(@Nullable IOException cause) {
		this.aborted = (cause != null) ? cause : new ConnectionLostException("The connection was aborted");
		Transport transport = this.link.lowerIfAny();
		if (transport != null) {
			transport.abort(cause);
		}
	}

	@Override
	public String toString() {
		return "TlsTransport[" + this.link.state() + ", " + this.link.handshake().version() + ", "
				+ this.link.lowerIfAny() + "]";
	}

}
