package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import io.streams.buffer.OutboundBuffer;
import io.streams.socket.StreamSocket;
import io.streams.transport.TransportOptions;
import io.streams.transport.WriteBufferOverflowException;

/**
 * The bytes that were written to a socket and not yet taken by the system, and the end of
 * the write side. Not safe for use by several threads: the lock of the subclass
 * {@link SocketOutput} guards it. A superclass, so that a connection has one object for
 * both.
 *
 * <pre>
 *   OPEN ──end──▶ ENDING ──empty──▶ SHUT
 *     └──────shutDown, close────────▲
 * </pre>
 */
abstract class WriteQueue extends OutboundBuffer {

	/** Bytes from which a write into an empty queue goes to the socket without a copy. */
	private static final int DIRECT_BYTES = 16 * 1024;

	/** Bytes of it that are offered to the system at a time. */
	private static final int SLICE_BYTES = 128 * 1024;

	/**
	 * Queued bytes go in one segment, that is, in one plain write, as long as they fit.
	 */
	private static final int EXPECTED_BYTES = 1024;

	/** Segments that one gathering write takes at the most. */
	private static final int GATHER_SEGMENTS = 16;

	private enum Side {

		/** Bytes may be written. */
		OPEN,

		/** No more bytes may be written; the side is ended when the queue is empty. */
		ENDING,

		/** The side was ended. */
		SHUT

	}

	private final StreamSocket socket;

	private Side side = Side.OPEN;

	/** The side was ended on purpose, and not because the connection is being closed. */
	private boolean endedByUser;

	/** The system takes no more; the loop waits until it does. */
	private boolean blocked;

	/** Bytes that the system took, not yet asked for by {@link #takeSent()}. */
	private long sent;

	WriteQueue(StreamSocket socket, TransportOptions settings) {
		super(settings.waterMarks(), settings.maxWriteBuffer());
		this.socket = socket;
	}

	/** Whether {@code writeEof} was called: nothing may be appended any more. */
	final boolean isEndedByUser() {
		return this.endedByUser;
	}

	final void append(byte[] data, int offset, int length) throws IOException {
		int sent = 0;
		if (goesDirectly(length)) {
			sent = sendDirectly(ByteBuffer.wrap(data, offset, length));
		}
		refuseAboveCap(length - sent);
		queue().append(data, offset + sent, length - sent, EXPECTED_BYTES);
	}

	final void append(ByteBuffer data) throws IOException {
		if (goesDirectly(data.remaining())) {
			sendDirectly(data);
		}
		refuseAboveCap(data.remaining());
		queue().append(data, EXPECTED_BYTES);
	}

	/** Sends in between what the system takes, so that few of the bytes are copied. */
	final void append(List<byte[]> pieces) throws IOException {
		for (byte[] piece : pieces) {
			append(piece, 0, piece.length);
			if (isAboveHighMark() && maySend()) {
				sendQueued();
			}
		}
	}

	private boolean goesDirectly(int length) {
		return length >= DIRECT_BYTES && isEmpty() && !this.blocked;
	}

	/**
	 * Sends as much as the system takes, a slice at a time: of each, the JDK makes a copy
	 * in native memory, and keeps the room for good.
	 */
	private int sendDirectly(ByteBuffer data) throws IOException {
		int begin = data.position();
		int limit = data.limit();
		try {
			while (data.position() < limit && !this.blocked) {
				int end = Math.min(limit, data.position() + SLICE_BYTES);
				this.socket.write(data.limit(end));
				this.blocked = data.position() < end;
			}
		}
		finally {
			data.limit(limit);
		}
		int sent = data.position() - begin;
		this.sent += sent;
		return sent;
	}

	private void refuseAboveCap(int length) throws WriteBufferOverflowException {
		if (cap() > 0 && queue().size() + length > cap()) {
			throw new WriteBufferOverflowException(queue().size() + length, cap());
		}
	}

	final boolean maySend() {
		return (!isEmpty() || this.side == Side.ENDING) && !this.blocked;
	}

	/** Gives the system what it takes. */
	final void sendQueued() throws IOException {
		while (!isEmpty() && !this.blocked) {
			send();
		}
		if (isEmpty() && this.side == Side.ENDING) {
			shutDown();
		}
	}

	/**
	 * How many bytes the system took since the last call.
	 */
	final long takeSent() {
		long taken = this.sent;
		this.sent = 0;
		return taken;
	}

	private void send() throws IOException {
		if (queue().isOneSegment()) {
			ByteBuffer segment = queue().peekFirst();
			int offered = segment.remaining();
			taken(this.socket.write(segment), offered);
			return;
		}
		ByteBuffer[] segments = queue().peek(GATHER_SEGMENTS);
		long offered = 0;
		for (ByteBuffer segment : segments) {
			offered += segment.remaining();
		}
		taken(this.socket.write(segments), offered);
	}

	private void taken(long bytes, long offered) {
		queue().skip(bytes);
		this.sent += bytes;
		this.blocked = bytes < offered;
	}

	/** The system takes bytes again. */
	final void unblock() {
		this.blocked = false;
	}

	final boolean isShut() {
		return this.side == Side.SHUT;
	}

	final boolean isBlocked() {
		return this.blocked;
	}

	final void end() throws IOException {
		if (this.side == Side.OPEN) {
			this.endedByUser = true;
			this.side = Side.ENDING;
			if (isEmpty()) {
				shutDown();
			}
		}
	}

	final void shutDown() throws IOException {
		if (this.side != Side.SHUT) {
			this.side = Side.SHUT;
			this.socket.shutdownOutput();
		}
	}

	final void clear() {
		queue().clear();
		this.blocked = false;
	}

	/** The socket is closed: this object does not touch it any more. */
	final void close() {
		clear();
		this.side = Side.SHUT;
	}

	/** Whether the system has not taken all bytes. */
	final boolean hasUnsent() {
		return !isEmpty();
	}

	final boolean isAboveHighMark() {
		return isAboveHighMark(size());
	}

	final PauseMove pauseMove() {
		return pauseMove(size());
	}

}
