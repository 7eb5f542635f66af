package io.streams;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The input of a connection at one moment.
 *
 * @param buffered bytes that wait to be read
 * @param limit the reader's limit
 * @param end how the input ended for reads
 * @param ended whether the peer's end of stream was received
 * @param failure the error that ended the input, or {@code null}
 * @param waiting the request of the read that waits, or {@code null}
 * @param paused whether the peer is not read, because too much is buffered
 * @param held whether the peer is not read, because an operator wants it
 */
record ReadState(int buffered, ReadLimit limit, InputBuffer.End end, boolean ended, @Nullable IOException failure,
		@Nullable ReadRequest<?> waiting, boolean paused, boolean held) {

	/** Whether the input ended and everything was read. */
	boolean isAtEof() {
		return this.ended && this.buffered == 0;
	}

	/** Whether a read waits for bytes. */
	boolean isReadPending() {
		return this.waiting != null;
	}

	/** Whether an upgrade failed with the error that an exception copies. */
	boolean isInvalidBecauseOf(IOException copy) {
		return this.end == InputBuffer.End.DISTRUSTED && this.failure == copy.getCause();
	}

	/** Describes the reader. */
	String describe(@Nullable Object transport) {
		StringBuilder text = new StringBuilder("StreamReader[").append(this.buffered).append(" bytes");
		text.append(this.ended ? ", eof" : "");
		text.append(this.limit.equals(ReadLimit.DEFAULT) ? "" : ", limit=" + this.limit.bytes());
		text.append((this.waiting != null) ? ", waiting in " + this.waiting.method() : "");
		text.append((this.failure != null) ? ", exception=" + this.failure : "");
		text.append((transport != null) ? ", transport=" + transport : "");
		return text.append(this.paused ? ", paused]" : "]").toString();
	}

}
