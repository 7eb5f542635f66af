package io.streams;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionLostException;

import org.jspecify.annotations.Nullable;

/**
 * How a handler ended, and what its end means for its connection.
 *
 * @param outcome how the handler ended
 * @param reason why its connection closes now, or {@code null} if the connection ends
 * already and its own end gives the reason
 * @param failure the handler's exception without its carriers, or {@code null} if the
 * handler returned
 */
record HandlerEnd(HandlerOutcome outcome, @Nullable CloseReason reason, @Nullable Throwable failure) {

	/** Carriers that are looked through; a chain of causes may lead back to its start. */
	private static final int MAX_CARRIERS = 64;

	/**
	 * Classifies the end of a handler.
	 * @param thrown the handler's exception, or {@code null} if the handler returned
	 * @param connection the handler's connection, as it is now
	 */
	static HandlerEnd of(@Nullable Throwable thrown, ConnectionCore connection) {
		Throwable failure = unwrapped(thrown);
		HandlerOutcome outcome = outcome(failure, connection);
		return new HandlerEnd(outcome, reason(outcome, failure, connection), failure);
	}

	/**
	 * Returns the exception that a future, an iterator or a reflective call only carried.
	 * Causes of other exceptions count for nothing: their authors decided that the
	 * handler failed.
	 */
	private static @Nullable Throwable unwrapped(@Nullable Throwable thrown) {
		Throwable failure = thrown;
		for (int i = 0; i < MAX_CARRIERS && failure != null && isCarrier(failure); i++) {
			Throwable cause = causeOf(failure);
			if (cause == null) {
				break;
			}
			failure = cause;
		}
		return failure;
	}

	/** Subclasses may throw. */
	private static @Nullable Throwable causeOf(Throwable failure) {
		try {
			return failure.getCause();
		}
		catch (RuntimeException | Error ex) {
			return null;
		}
	}

	private static boolean isCarrier(Throwable failure) {
		return failure instanceof CompletionException || failure instanceof ExecutionException
				|| failure instanceof UncheckedIOException || failure instanceof InvocationTargetException
				|| failure instanceof UndeclaredThrowableException;
	}

	private static HandlerOutcome outcome(@Nullable Throwable failure, ConnectionCore connection) {
		return switch (failure) {
			case null -> HandlerOutcome.FINISHED;
			case ConnectionLostException lost -> HandlerOutcome.DISCONNECTED;
			case TlsTruncatedException ended -> HandlerOutcome.DISCONNECTED;
			case SSLException broken ->
				of(TlsBlame.isFailureByPeer(broken, connection.readSide().failure()), HandlerOutcome.DISCONNECTED);
			case ServerStoppingException stopping -> HandlerOutcome.STOPPED;
			case EOFException ended -> of(isEndOfPeer(ended, connection), HandlerOutcome.DISCONNECTED);
			case ReadTimeoutException silent -> HandlerOutcome.TIMED_OUT;
			case TimeoutException late -> of(isTimeoutOfPeer(late, connection), HandlerOutcome.TIMED_OUT);
			case InterruptedException interrupted -> HandlerOutcome.INTERRUPTED;
			// Subtypes are timeouts of other libraries.
			case InterruptedIOException interrupted ->
				of(interrupted.getClass() == InterruptedIOException.class, HandlerOutcome.INTERRUPTED);
			case ClosedByInterruptException interrupted -> HandlerOutcome.INTERRUPTED;
			case FileLockInterruptionException interrupted -> HandlerOutcome.INTERRUPTED;
			case CancellationException cancelled -> HandlerOutcome.INTERRUPTED;
			default -> HandlerOutcome.FAILED;
		};
	}

	private static HandlerOutcome of(boolean applies, HandlerOutcome outcome) {
		return applies ? outcome : HandlerOutcome.FAILED;
	}

	/**
	 * Returns whether an end of input is the peer's. Streams such as
	 * {@code DataInputStream} throw a plain {@link EOFException}, and so do readers of
	 * files: it is the peer's if this connection has nothing more to read.
	 */
	private static boolean isEndOfPeer(EOFException ended, ConnectionCore connection) {
		return ended instanceof IncompleteReadException
				|| (!(ended instanceof ShortFileException) && connection.readSide().state().isAtEof());
	}

	/**
	 * Returns whether a timeout is the peer's, and not that of a query to a database, for
	 * example: it ended a read, or the connection still waits for the peer.
	 */
	private static boolean isTimeoutOfPeer(TimeoutException late, ConnectionCore connection) {
		return late instanceof ReadFuture.ReadTimedOutException || connection.isWaitingForPeer();
	}

	private static @Nullable CloseReason reason(HandlerOutcome outcome, @Nullable Throwable failure,
			ConnectionCore connection) {
		return switch (outcome) {
			case FINISHED -> unlessClosing(CloseReason.HANDLER_FINISHED, connection);
			case DISCONNECTED -> unlessClosing(endOfPeer(failure, connection), connection);
			case INTERRUPTED -> CloseReason.HANDLER_FINISHED;
			case FAILED -> CloseReason.HANDLER_FAILED;
			case STOPPED -> CloseReason.SERVER_STOPPED;
			case TIMED_OUT -> timeoutOf(failure, connection);
		};
	}

	/**
	 * The first cause counts: a handler may learn that its connection broke, and end,
	 * before the event loop has reported it.
	 */
	private static @Nullable CloseReason unlessClosing(CloseReason reason, ConnectionCore connection) {
		return connection.transport().isClosing() ? null : reason;
	}

	/** The reason says what the peer was too slow for. */
	private static CloseReason timeoutOf(@Nullable Throwable failure, ConnectionCore connection) {
		boolean reading = failure instanceof ReadTimeoutException || failure instanceof ReadFuture.ReadTimedOutException
				|| connection.readSide().state().isReadPending();
		if (reading) {
			return CloseReason.READ_TIMEOUT;
		}
		return connection.flow().isPaused() ? CloseReason.SLOW_CONSUMER : CloseReason.HANDSHAKE_TIMEOUT;
	}

	/** If its own peer is still there, the handler lost another connection. */
	private static CloseReason endOfPeer(@Nullable Throwable failure, ConnectionCore connection) {
		boolean ended = failure instanceof EOFException && connection.readSide().state().ended();
		return ended ? CloseReason.PEER_ENDED : CloseReason.HANDLER_FINISHED;
	}

}
