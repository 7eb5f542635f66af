package io.streams.loop;

import java.io.IOException;

import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;
import io.streams.socket.StreamSocket;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * The event loop's side of a connected socket: handles its events, chooses its interest
 * set, and keeps its deadlines. Owned by one {@link SocketTransport}, the side for all
 * threads. Event loop only, except {@link #lastReceived()}.
 */
final class SocketEvents extends SocketInput implements ReadyHandler {

	private final SocketTransport transport;

	private SocketInterest interest = SocketInterest.UNREGISTERED;

	/** Not read from, because the connection holds more than its share of memory. */
	private boolean heldBack;

	/** Whether the loop comes to {@link #ready} in a later iteration. */
	private boolean putOff;

	/**
	 * Made with the first deadline: an idle connection has none, unless idle connections
	 * are closed.
	 */
	private @Nullable SocketDeadlines deadlines;

	SocketEvents(SocketTransport transport, long now) {
		super(now);
		this.transport = transport;
	}

	/** Returns the side for all threads. */
	SocketTransport transport() {
		return this.transport;
	}

	SocketDeadlines deadlines() {
		SocketDeadlines deadlines = this.deadlines;
		if (deadlines == null) {
			deadlines = new SocketDeadlines(this, settings());
			this.deadlines = deadlines;
		}
		return deadlines;
	}

	/**
	 * Starts to read.
	 * @param registered whether the poller watches the socket already, as one that was
	 * connected
	 * @throws IOException if the socket cannot be watched
	 */
	void open(boolean registered) throws IOException {
		if (registered) {
			socket().setHandler(this);
			socket().setInterest(PolledSocket.READ);
		}
		else {
			socket().register(loop().poller(), PolledSocket.READ, this);
		}
		this.interest = SocketInterest.READ;
		makeConnection();
		if (settings().idleTimeout() != null) {
			deadlines().plan();
		}
	}

	private void makeConnection() {
		loop().connectionOpened();
		try {
			this.transport.protocol().connectionMade(this.transport);
		}
		catch (RuntimeException | Error ex) {
			loop().connectionClosed();
			this.transport.startClosing().discardUnopened();
			throw ex;
		}
	}

	@Override
	public boolean isReadingPaused() {
		return this.transport.isReadingPaused() && this.transport.state() == TransportState.OPEN;
	}

	/**
	 * Does what other threads asked for.
	 * @return whether bytes were sent or the connection moved on
	 */
	boolean runIteration() {
		TransportState before = this.transport.state();
		if (before == TransportState.CLOSED || this.interest == SocketInterest.UNREGISTERED) {
			return false;
		}
		boolean sent = proceed();
		return sent || this.transport.state() != before;
	}

	@Override
	public void ready(int operations) {
		if ((operations & PolledSocket.READ) != 0) {
			read();
		}
		if ((operations & PolledSocket.CONNECT) != 0) {
			// Only an error makes a connected socket ready for this.
			peerGone();
		}
		if ((operations & PolledSocket.WRITE) != 0) {
			output().roomAvailable();
		}
		if (operations != PolledSocket.READ || isEnded() || this.transport.closing() != null) {
			proceed();
		}
	}

	@Override
	public boolean isPutOff() {
		return this.putOff;
	}

	@Override
	public void setPutOff(boolean putOff) {
		this.putOff = putOff;
	}

	@Override
	public void loopClosed() {
		boolean complete = output().queuedBytes() == 0;
		finish(complete ? null : new ConnectionClosedException("The transports were closed before all was sent"), true);
	}

	@Override
	public void notWatched(IOException cause) {
		breakOff(IoFailures.typed(cause), true);
	}

	/**
	 * Sends what can be sent, carries a close on, and brings the interest in line.
	 * @return whether anything was sent
	 */
	private boolean proceed() {
		if (this.transport.state() == TransportState.CLOSED) {
			return false;
		}
		FlushResult flush = output().flushOnLoop();
		CloseSequence closing = this.transport.closing();
		if (closing != null) {
			closing.advance();
		}
		updateInterest(flush.isBlocked());
		return flush.hasSent();
	}

	/**
	 * Reads once for the protocol, or drops input once the connection is being closed.
	 */
	private void read() {
		CloseSequence closing = this.transport.closing();
		if (hasFailed()) {
			receiveFailed(new OutOfMemoryError("there was no memory to close the connection with"));
		}
		else if (closing != null) {
			closing.discardInput();
		}
		else if (!isEnded() && !this.transport.isReadingPaused()) {
			receive();
		}
	}

	private void receive() {
		try {
			int allowance = loop().relief().allowance(this, EventLoop.READ_BYTES);
			if (allowance == 0) {
				holdBack();
			}
			else if (receive(loop(), socket(), this.transport.protocol(), allowance)) {
				inputEnded();
			}
		}
		catch (IOException ex) {
			finish(IoFailures.typed(ex), false);
		}
		catch (RuntimeException | Error ex) {
			receiveFailed(ex);
		}
	}

	private void receiveFailed(Throwable failure) {
		finish(fail(failure), true);
	}

	/** The system shows the peer's end of stream. */
	private void inputEnded() {
		if (this.transport.isAborted()) {
			return;
		}
		end(loop().now());
		if (!this.transport.protocol().eofReceived()) {
			this.transport.close();
		}
		deadlines().plan();
	}

	/** The protocol takes no more input: the half-closed timeout starts. */
	void startHalfClosedTimeout() {
		endAbove(loop().now());
		deadlines().plan();
	}

	/**
	 * Ends a broken connection, after the protocol has received the bytes that the system
	 * holds.
	 * @param reset whether the peer is sent a reset
	 */
	void breakOff(IOException cause, boolean reset) {
		this.transport.startClosing().breakOff(cause, reset);
	}

	/**
	 * Closes the socket, and notifies the protocol.
	 * @param cause why, or {@code null} for an end without loss
	 * @param reset whether the peer learns of it by a reset, and not by the end of input
	 */
	void finish(@Nullable IOException cause, boolean reset) {
		this.transport.startClosing().finish(cause, reset);
	}

	/**
	 * The probe of an unwatched connection found an error or a hang-up.
	 * <p>
	 * A Unix socket, and a TCP socket whose local side is shut, show a peer that has
	 * closed properly in the same way: then the input is read to its end first.
	 */
	private void peerGone() {
		boolean mayHaveEnded = SocketInfo.isUnix(this.transport.info()) || output().hasEnded();
		if (!mayHaveEnded) {
			breakOff(IoFailures.reset(null), false);
		}
		else if (isEnded()) {
			finish(null, false);
		}
	}

	/**
	 * Frees what a closed connection holds.
	 * @param reset whether the peer is sent a reset
	 */
	void release(boolean reset) {
		try {
			watch(SocketInterest.UNREGISTERED);
			loop().relief().forget(this);
			loop().connectionClosed();
			if (this.deadlines != null) {
				this.deadlines.cancel();
			}
			if (reset) {
				socket().resetOnClose();
			}
		}
		finally {
			socket().close();
		}
	}

	/** Chooses the interest set that the state needs. */
	private void updateInterest(boolean blocked) {
		CloseSequence closing = this.transport.closing();
		if (closing != null && closing.state() == TransportState.CLOSED) {
			return;
		}
		boolean wanted = !this.transport.isReadingPaused() && !this.heldBack;
		boolean reading = !isEnded() && (wanted || closing != null);
		if (blocked && !this.interest.isWriting()) {
			output().startWaiting();
		}
		if (this.interest != SocketInterest.UNREGISTERED) {
			watch(SocketInterest.of(reading, blocked));
		}
		if (blocked) {
			deadlines().plan();
		}
	}

	private void watch(SocketInterest next) {
		SocketInterest before = this.interest;
		if (next == before) {
			return;
		}
		this.interest = next;
		if (next != SocketInterest.UNREGISTERED) {
			socket().setInterest(next.operations());
		}
		if (next == SocketInterest.NOTHING) {
			loop().deadPeerProbe().add(this);
		}
		else if (before == SocketInterest.NOTHING) {
			loop().deadPeerProbe().remove(this);
		}
	}

	/** Watches a socket for errors alone that is watched for nothing. */
	void startProbe() {
		if (this.interest == SocketInterest.NOTHING) {
			this.interest = SocketInterest.PROBE;
			socket().setInterest(SocketInterest.PROBE.operations());
		}
	}

	/** Ends what {@link #startProbe()} started. */
	void endProbe() {
		if (this.interest == SocketInterest.PROBE) {
			this.interest = SocketInterest.NOTHING;
			socket().setInterest(SocketInterest.NOTHING.operations());
		}
	}

	/** Stops reading until {@link #readAgain()}. */
	private void holdBack() {
		this.heldBack = true;
		updateInterest(output().waitsForRoom());
	}

	/** Reads again: there is memory for the peer's bytes. */
	void readAgain() {
		this.heldBack = false;
		updateInterest(output().waitsForRoom());
	}

	/** Bytes that are buffered for this connection in all layers. */
	long held() {
		return this.transport.protocol().bufferedBytes() + output().queuedBytes();
	}

	/**
	 * Tries to send before the connection is closed because its peer stalls. The system
	 * calls a socket writable only when a good part of its send buffer is free, which a
	 * slow peer may take minutes to read; a write finds less room than that.
	 * @return whether the system took bytes
	 */
	boolean retryWrite() {
		long before = output().lastSent();
		output().retry();
		proceed();
		return output().lastSent() != before;
	}

	/**
	 * Looks at the socket before the connection is closed as idle. After a stall of the
	 * loop or of the whole process more sockets may be ready than one poll reports.
	 * @return whether the peer has sent something, or ended its side
	 */
	boolean pollInput() {
		if (isEnded() || this.transport.isReadingPaused() || this.transport.isAborted()) {
			return false;
		}
		long before = lastReceived();
		read();
		proceed();
		return lastReceived() != before || isEnded();
	}

	@Override
	public String toString() {
		return this.transport.toString();
	}

	private EventLoop loop() {
		return this.transport.loop();
	}

	private StreamSocket socket() {
		return this.transport.socket();
	}

	private SocketOutput output() {
		return this.transport.output();
	}

	private TransportOptions settings() {
		return this.transport.settings();
	}

}
