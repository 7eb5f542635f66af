package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;

/**
 * Takes records in and gives plain bytes out. Bytes reach the protocol above only when
 * TLS was open before they were decrypted.
 */
final class TlsReadSide {

	/** Most records without data that one turn of the loop takes. */
	private static final int MAX_CONTROL_RECORDS = 32;

	/** Records without data that are taken after the transport has ended. */
	private static final int MAX_LAST_CONTROL_RECORDS = 256;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	/** Content type of an alert before TLS 1.3; later ones are encrypted. */
	private static final byte ALERT = 21;

	/** Answers that may wait to be sent, each a small record, before no more is read. */
	private static final int MAX_ANSWERS_UNSENT = 64;

	private final TlsLink link;

	/** Event loop only. */
	private final TlsInput input = new TlsInput();

	/** Event loop only: names input that the engine does not know. */
	private final TlsForeignInput foreign = new TlsForeignInput();

	/** Event loop only: the input of the transport below has ended. */
	private boolean endedBelow;

	/** Written by any thread: the protocol above wants no more for now. */
	private volatile boolean paused;

	/** Event loop only: the protocol above knows that its input ended. */
	private boolean ended;

	/**
	 * Event loop only: no input is taken until answers that the engine gave were sent.
	 */
	private boolean answersPileUp;

	/**
	 * Event loop only: answers that the engine gave since the transport below was last
	 * seen to have room.
	 */
	private int answersUnsent;

	/** Event loop only: the engine takes no more; to ask it costs a lock. */
	private boolean closedByPeer;

	/** Event loop only: the transport below has delivered all of its input. */
	private boolean allReceived;

	/** Event loop only: records without data in this call, or in the last input. */
	private int controlRecords;

	/** Event loop only: input waits for the next turn. */
	private boolean postponed;

	TlsReadSide(TlsLink link) {
		this.link = link;
	}

	/** Event loop only. */
	boolean isClosedByPeer() {
		return this.closedByPeer;
	}

	boolean isPaused() {
		return this.paused;
	}

	void pause() {
		this.paused = true;
		if (!isHandshaking()) {
			this.link.lower().pauseReading();
		}
	}

	/** A pause is about data: the handshake is read in spite of it. */
	private boolean isHandshaking() {
		TlsState state = this.link.state();
		return state == TlsState.UNWRAPPED || state == TlsState.HANDSHAKE;
	}

	/** What was paused in the handshake, or before, is so from now on. */
	void opened() {
		if (this.paused) {
			this.link.lower().pauseReading();
		}
	}

	void unpause() {
		this.paused = false;
		this.link.execute(this::resume);
	}

	/** Encrypted bytes that are kept. Event loop only. */
	long held() {
		return this.input.size();
	}

	void clear() {
		this.input.clear();
	}

	/** Takes encrypted bytes in. Event loop only. */
	void receive(ByteBuffer chunk) {
		this.foreign.received(chunk);
		ByteBuffer scratch = TlsBuffers.borrow();
		ByteBuffer plain = TlsBuffers.borrow();
		try {
			if (!this.allReceived) {
				this.controlRecords = 0;
			}
			while (isReceiving() && !isFlood()) {
				if (this.controlRecords >= MAX_CONTROL_RECORDS && !this.allReceived) {
					postpone();
					break;
				}
				ByteBuffer record = this.input.next(chunk, scratch);
				if (record == null) {
					return;
				}
				plain = unwrap(record, plain);
			}
			if (isHandshakeOrOpen() && !this.closedByPeer && !isFlood()) {
				this.input.keep(chunk);
			}
			chunk.position(chunk.limit());
		}
		catch (IOException ex) {
			this.link.shutdown().fail(ex);
		}
		finally {
			TlsBuffers.giveBack(scratch);
			TlsBuffers.giveBack(plain);
		}
	}

	/**
	 * Whether the last input has so many records without data that the rest of it is
	 * dropped: the loop would be at them for seconds. The end is an error then, because
	 * there is no {@code close_notify}.
	 */
	private boolean isFlood() {
		return this.allReceived && this.controlRecords >= MAX_LAST_CONTROL_RECORDS;
	}

	/** Other connections come first: each new key, for one, takes long. */
	private void postpone() {
		if (this.postponed) {
			return;
		}
		this.postponed = true;
		this.link.lower().pauseReading();
		this.link.execute(() -> {
			this.postponed = false;
			try {
				resume();
			}
			catch (RuntimeException | Error ex) {
				this.link.shutdown().protocolFailed(ex);
			}
		});
	}

	private boolean isReceiving() {
		// A pile of answers stops an endless flow of input, not its rest.
		return !this.link.handshake().areTasksRunning() && (!this.answersPileUp || this.allReceived)
				&& this.link.failure() == null && !this.closedByPeer && isHandshakeOrOpen();
	}

	private boolean isHandshakeOrOpen() {
		TlsState state = this.link.state();
		return state == TlsState.HANDSHAKE || state == TlsState.OPEN;
	}

	private ByteBuffer unwrap(ByteBuffer record, ByteBuffer plain) throws IOException {
		ByteBuffer target = plain;
		do {
			target.clear();
			TlsState before = this.link.state();
			SSLEngineResult result = unwrapOnce(record, target);
			if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
				target = ByteBuffer.allocate(this.link.engine().getSession().getApplicationBufferSize());
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
		this.link.lock().lock();
		try {
			if (this.link.isIn(TlsState.HANDSHAKE)) {
				this.foreign.record(record);
			}
			if (mayEndBothSides(record)) {
				// After a close_notify the engine encrypts nothing more.
				this.link.writeSide().encryptAll();
			}
			result = this.link.unwrap(record, target);
			if (result.getStatus() == SSLEngineResult.Status.CLOSED && isOpenOrFlushing()
					&& result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
				this.link.writeSide().endByPeer();
			}
		}
		catch (SSLException ex) {
			throw this.link.isIn(TlsState.HANDSHAKE) ? this.foreign.explain(ex) : ex;
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.guardProgress(result);
		return result;
	}

	/** An alert before TLS 1.3 may be a {@code close_notify}, which ends both sides. */
	private boolean mayEndBothSides(ByteBuffer record) {
		return record.hasRemaining() && record.get(record.position()) == ALERT && isOpenOrFlushing()
				&& !this.link.canEndOneSide();
	}

	/** Another thread may close while a record is taken in. */
	private boolean isOpenOrFlushing() {
		return this.link.isIn(TlsState.OPEN) || this.link.isIn(TlsState.FLUSHING);
	}

	private void deliver(ByteBuffer plain, TlsState before) {
		if (plain.hasRemaining() && before == TlsState.OPEN && this.link.isIn(TlsState.OPEN)) {
			this.link.upper().dataReceived(plain);
		}
	}

	private void after(SSLEngineResult result, TlsState before) throws IOException {
		this.closedByPeer = result.getStatus() == SSLEngineResult.Status.CLOSED;
		if (result.bytesProduced() == 0 && before == TlsState.OPEN) {
			this.controlRecords++;
		}
		HandshakeStatus status = result.getHandshakeStatus();
		if (status == HandshakeStatus.FINISHED) {
			this.link.handshake().succeeded();
		}
		else if (status != HandshakeStatus.NOT_HANDSHAKING && !(this.closedByPeer && before == TlsState.OPEN)) {
			// The engine's answer to a close_notify waits for the end of the local side:
			// the peer must not take part of an answer for the whole.
			refuseRenegotiation(before);
			this.link.handshake().goOn();
		}
		if (this.link.handshake().areTasksRunning()) {
			// A task that fails closes the engine as well, and knows the reason.
			return;
		}
		if (this.closedByPeer) {
			closeNotified();
		}
		else if (status == HandshakeStatus.NEED_WRAP && this.link.writeSide().isAboveHighMarkBelow()) {
			answered();
		}
	}

	/**
	 * Answers pile up that the peer does not take: after some, ask for no more questions.
	 * Not after the first: the peer may wait for this side to read before it reads.
	 */
	private void answered() {
		if (++this.answersUnsent > MAX_ANSWERS_UNSENT) {
			this.answersPileUp = true;
			this.link.lower().pauseReading();
		}
	}

	private void refuseRenegotiation(TlsState before) throws SSLException {
		if (before == TlsState.OPEN && !this.link.canEndOneSide()) {
			throw this.link.handshake().renegotiation().refuse();
		}
	}

	/** The peer ended its side properly. What it sends after that is nothing to TLS. */
	private void closeNotified() {
		this.input.clear();
		if (!this.link.handshake().isOver()) {
			this.link.shutdown().fail(new ConnectionLostException("The peer ended TLS in the handshake"));
			return;
		}
		if (!this.link.isIn(TlsState.OPEN)) {
			// Both sides say goodbye at once, and the own one is on its way.
			return;
		}
		end();
		this.link.writeSide().peerEnded();
	}

	/**
	 * Delivers the input that was held back, because the transport below has no more.
	 * Event loop only.
	 */
	void deliverRest() {
		this.allReceived = true;
		if (this.link.isIn(TlsState.OPEN) && this.input.size() > 0) {
			receive(NOTHING.duplicate());
		}
	}

	/** The transport below came to its end. Event loop only. */
	void endedBelow() {
		deliverRest();
		this.endedBelow = true;
		if (!this.link.handshake().isOver()) {
			this.link.shutdown()
				.fail(new ConnectionLostException("The peer ended the connection in the TLS handshake"));
		}
		else if (!this.closedByPeer && this.link.isIn(TlsState.OPEN)) {
			truncated();
		}
	}

	/**
	 * Returns whether the peer ended or reset the connection before it sent a byte. Event
	 * loop only.
	 * @param cause the error of the connection
	 */
	boolean hasPeerLeftWithoutInput(IOException cause) {
		return this.foreign.isNothing() && (this.endedBelow || cause instanceof ConnectionResetException);
	}

	private void truncated() {
		if (this.link.options().acceptTruncation()) {
			end();
		}
		else if (!this.link.lower().isClosing()) {
			// If it closes, the connection is broken off, and the transport below says
			// why.
			this.link.noteFailure(new TlsTruncatedException());
			this.link.transport().close();
		}
	}

	private void end() {
		if (!this.ended) {
			this.ended = true;
			// The end of TLS need not be that of the connection below.
			this.link.lower().startHalfClosedTimeout();
			if (!this.link.upper().eofReceived()) {
				this.link.transport().close();
			}
		}
	}

	/** The answers that had piled up were sent, or some. Event loop only. */
	void answersSent() {
		if (!this.link.writeSide().isAboveHighMarkBelow()) {
			this.answersUnsent = 0;
		}
		if (this.answersPileUp) {
			this.answersPileUp = false;
			resume();
		}
	}

	/** Takes what was kept, and more, as far as nobody objects. Event loop only. */
	void resume() {
		if (this.link.isIn(TlsState.CLOSED) || this.link.handshake().areTasksRunning()) {
			return;
		}
		receive(NOTHING.duplicate());
		boolean wanted = (!this.paused || isHandshaking()) && !this.answersPileUp && !this.postponed
				&& !this.link.handshake().areTasksRunning();
		if (wanted && !this.link.lower().isReading()) {
			this.link.lower().resumeReading();
			if (this.paused && !isHandshaking()) {
				// Another thread has just changed its mind.
				this.link.lower().pauseReading();
			}
		}
	}

}
