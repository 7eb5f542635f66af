package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

import io.streams.buffer.OutboundBuffer;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ProtocolCalls;
import io.streams.transport.Transport;
import io.streams.transport.WriteBufferOverflowException;

/**
 * The plain bytes that were written, and their encryption. It encrypts no more than the
 * transport below has room for, so that the pause rule covers both layers. Not safe for
 * use by several threads: the lock of the {@link TlsLink} guards it, and every method
 * needs it held. A superclass of {@link TlsWriteSide}, so that a connection has one
 * object for both.
 */
abstract class TlsOutput extends OutboundBuffer {

	/** Bytes of data in one record. */
	private static final int MAX_DATA_BYTES = 16 * 1024;

	/** The minimum of data bytes in a record, where more is queued. */
	private static final int MIN_DATA_BYTES = 8 * 1024;

	/**
	 * The maximum of bytes in a record beside its data: 256 and a header (RFC 8446,
	 * section 5.2).
	 */
	private static final int RECORD_OVERHEAD_BYTES = 256 + 5;

	private static final ByteBuffer[] NOTHING = {};

	private final TlsLink link;

	/**
	 * An upper bound of the bytes that the transport below holds. Only this class writes
	 * to it, so the true number falls with time. The bound saves a lock for the question.
	 */
	private long unsentBelow;

	/**
	 * The peer's {@code close_notify} ended both sides, and the engine encrypts no more
	 * data.
	 */
	private boolean endedByPeer;

	TlsOutput(TlsLink link) {
		super(WaterMarks.DEFAULT, 0);
		this.link = link;
	}

	final TlsLink link() {
		return this.link;
	}

	/** Takes over from the transport below, with its marks and its cap. */
	final void startAbove(Transport lower) {
		setMarks(lower.writeBufferLimits());
		setCap(lower.maxWriteBuffer());
		this.unsentBelow = lower.writeBufferSize();
	}

	/**
	 * Returns whether more bytes fit under the cap, counted as records. If not, the
	 * connection is aborted.
	 */
	final boolean fits(long length) {
		if (cap() == 0) {
			return true;
		}
		long data = size() + length;
		long records = data + (data / MIN_DATA_BYTES + 1) * RECORD_OVERHEAD_BYTES;
		if (isAtMostBelow(cap() - records)) {
			return true;
		}
		this.link.lower().abort(new WriteBufferOverflowException(records + this.unsentBelow, cap()));
		return false;
	}

	/** Encrypts queued bytes as long as the transport below has room. */
	final void encryptWhatFits() throws IOException {
		int room = marks().high();
		while (!isEmpty() && isAtMostBelow(room) && this.link.isIn(TlsState.OPEN) && canEncrypt()) {
			encryptOne();
		}
	}

	/** Asks the transport below only if the bound leaves it open. */
	private boolean isAtMostBelow(long bytes) {
		if (this.unsentBelow > bytes) {
			this.unsentBelow = this.link.lower().writeBufferSize();
		}
		return this.unsentBelow <= bytes;
	}

	/** Encrypts all queued bytes, room or not. */
	final void encryptAll() throws IOException {
		while (!isEmpty() && canEncrypt()) {
			encryptOne();
		}
	}

	private boolean canEncrypt() {
		return !this.endedByPeer && !this.link.engine().isOutboundDone();
	}

	private void encryptOne() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		try {
			ByteBuffer[] data = queue().peekBytes(MAX_DATA_BYTES);
			SSLEngineResult result = this.link.wrap(data, record);
			if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
				throw new SSLException("The TLS engine takes no more data: " + result.getStatus());
			}
			queue().skip(result.bytesConsumed());
			writeBelow(record);
			if (result.bytesConsumed() > 0) {
				ProtocolCalls.bytesSent(this.link.upper(), this.link.transport(), result.bytesConsumed());
			}
		}
		finally {
			TlsBuffers.giveBack(record);
		}
	}

	/** Encrypts what the engine itself has to say. */
	final SSLEngineResult wrapOwn() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		try {
			SSLEngineResult result = this.link.wrap(NOTHING, record);
			writeBelow(record);
			return result;
		}
		finally {
			TlsBuffers.giveBack(record);
		}
	}

	private void writeBelow(ByteBuffer record) throws IOException {
		this.unsentBelow += record.flip().remaining();
		try {
			this.link.lower().write(record);
		}
		catch (IllegalStateException ex) {
			throw new ConnectionLostException("The write side was ended below TLS", ex);
		}
	}

	/** Sends a {@code close_notify}, or the alert that the engine has for the peer. */
	final void sendCloseNotify() throws IOException {
		SSLEngine engine = this.link.engine();
		engine.closeOutbound();
		// An engine that never comes to its end would fill the memory.
		for (int i = 0; i < TlsLink.MAX_IDLE_CALLS && !engine.isOutboundDone(); i++) {
			if (wrapOwn().bytesProduced() == 0) {
				break;
			}
		}
	}

	/**
	 * Notes that the peer's {@code close_notify} ended both sides. Event loop only.
	 */
	final void endByPeer() {
		this.endedByPeer = true;
		if (!isEmpty()) {
			this.link.shutdown().cutOff(unsendable(size()));
		}
	}

	/** Returns whether the peer has ended both sides. If so, bytes are an error. */
	final boolean isEndedByPeer(long length) {
		if (this.endedByPeer && length > 0) {
			this.link.execute(() -> this.link.shutdown().cutOff(unsendable(length)));
		}
		return this.endedByPeer;
	}

	private IOException unsendable(long length) {
		return new ConnectionLostException(
				"The peer's close_notify ended both sides of " + this.link.handshake().version() + ", so " + length
						+ " bytes can no longer be sent: use TLS 1.3, or have the peer read to the end before it"
						+ " ends its side");
	}

	/** Returns whether both layers together are certain to be below the high mark. */
	final boolean isSurelyLow() {
		return !isAboveHighMark(size() + this.unsentBelow);
	}

	/** Applies the pause rule to the bytes of both layers. */
	final PauseMove pauseMoveOfBoth() {
		this.unsentBelow = this.link.lower().writeBufferSize();
		return pauseMove(size() + this.unsentBelow);
	}

	/** Drops the queued bytes. */
	final void clear() {
		queue().clear();
	}

}
