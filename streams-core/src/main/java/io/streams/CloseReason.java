package io.streams;

import java.io.IOException;

import javax.net.ssl.SSLException;

import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.MemoryExceededException;
import io.streams.transport.SlowConsumerException;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended. The first cause counts.
 *
 * @since 0.1
 */
public enum CloseReason {

	/**
	 * The handler returned, was interrupted, or ended because it lost another connection.
	 */
	HANDLER_FINISHED("handler-finished"),

	/** The handler threw. */
	HANDLER_FAILED("handler-failed"),

	/**
	 * The handler ended because the peer did not send in time what the handler read: the
	 * read timeout passed, or that of the future of a read.
	 */
	READ_TIMEOUT("read-timeout"),

	/**
	 * The handler ended because the peer ended its side where the handler needed more: a
	 * message may be cut off.
	 */
	PEER_ENDED("peer-ended"),

	/**
	 * {@code close()} was called on the writer, the connection or the server's clients.
	 */
	CLOSED("closed"),

	/**
	 * Whoever opened the connection let go of it without closing it.
	 */
	ABANDONED("abandoned"),

	/** An operator closed it, by the management endpoint for one. */
	OPERATOR("operator"),

	/** All platform threads that the server's handlers may have were busy. */
	HANDLER_LIMIT("handler-limit"),

	/** {@code abort()} was called. */
	ABORTED("aborted"),

	/** The peer reset the connection. */
	RESET("reset"),

	/** An I/O error other than a reset. */
	IO_ERROR("io-error"),

	/** No byte moved for too long. */
	IDLE_TIMEOUT("idle-timeout"),

	/** The peer ended its side and nothing happened for too long. */
	HALF_CLOSED_TIMEOUT("half-closed-timeout"),

	/** The peer took nothing of what was queued for it for too long. */
	WRITE_STALL_TIMEOUT("write-stall-timeout"),

	/** The TLS handshake of an upgrade took too long, for the handler's timeout too. */
	HANDSHAKE_TIMEOUT("handshake-timeout"),

	/** TLS failed, or ended without its {@code close_notify}. */
	TLS_ERROR("tls-error"),

	/** A close could not send in time what was written before. */
	CLOSE_TIMEOUT("close-timeout"),

	/**
	 * The peer took its bytes too slowly, by the cap on the write buffer, by the clock or
	 * by the handler's timeout of a drain.
	 */
	SLOW_CONSUMER("slow-consumer"),

	/**
	 * All connections together buffered too much, and this one held much for long.
	 */
	MEMORY("memory"),

	/** The server stopped; the connection ended within the grace period. */
	SERVER_STOPPED("server-stopped"),

	/**
	 * The server stopped, and the connection was cut off because it did not end in time.
	 */
	SERVER_STOP_FORCED("server-stop-forced");

	private final String text;

	CloseReason(String text) {
		this.text = text;
	}

	/**
	 * The reason as meters, the endpoint and logs show it.
	 * @return lower case words with hyphens
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Returns why a connection ended.
	 * @param first the first reason that was noted, or {@code null}
	 * @param stopping whether the server was stopping
	 * @param cause the error that ended the connection, or {@code null}
	 */
	static CloseReason of(@Nullable CloseReason first, boolean stopping, @Nullable IOException cause) {
		if (first == SLOW_CONSUMER) {
			// Its close may time out as well, which does not matter.
			return SLOW_CONSUMER;
		}
		if (cause instanceof ConnectionTimeoutException timeout) {
			return switch (timeout.phase()) {
				case IDLE -> IDLE_TIMEOUT;
				case HALF_CLOSED -> HALF_CLOSED_TIMEOUT;
				case WRITE_STALL -> WRITE_STALL_TIMEOUT;
				case HANDSHAKE -> HANDSHAKE_TIMEOUT;
				case CLOSE -> CLOSE_TIMEOUT;
			};
		}
		if (cause instanceof WriteBufferOverflowException || cause instanceof SlowConsumerException) {
			return SLOW_CONSUMER;
		}
		if (cause instanceof MemoryExceededException) {
			return MEMORY;
		}
		if (cause instanceof TlsTruncatedException || cause instanceof SSLException) {
			return TLS_ERROR;
		}
		if (first != null) {
			boolean stopped = stopping && first != SERVER_STOP_FORCED;
			return stopped ? SERVER_STOPPED : first;
		}
		if (cause == null) {
			return CLOSED;
		}
		return (cause instanceof ConnectionResetException) ? RESET : IO_ERROR;
	}

}
