package io.streams;

import java.io.IOException;
import java.time.Duration;

import io.streams.transport.Transport;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a connection: notifies its listener and the log. It is a superclass of
 * {@link ConnectionCore}, so that a connection has one object for all parts.
 * <p>
 * Events of reading come with the reader's lock held, those of writing with the
 * transport's: so the listener receives each kind in order.
 */
abstract class ConnectionEvents extends ConnectionOutput {

	private static final Logger logger = LoggerFactory.getLogger(StreamConnection.class);

	/** Lines a second about connections that a timeout closed, over all servers. */
	private static final RateLimit TIMED_OUT = new RateLimit(10);

	private final ConnectionContext owner;

	private final StreamListener listener;

	/**
	 * Guarded by the transport's order of pause and resume: the present pause of writing.
	 */
	private @Nullable SlowConsumerWatch writePause;

	/**
	 * The thread that notifies the listener of writing. Written with the transport's lock
	 * held; read by any thread, to find out whether it is the one itself.
	 */
	private @Nullable Thread tellingOfWrites;

	ConnectionEvents(ConnectionContext owner, Transport transport) {
		super(transport);
		this.owner = owner;
		this.listener = owner.listener();
	}

	/** The connection as handlers and listeners know it. */
	abstract StreamConnection view();

	/** Closes the connection after the queued bytes are sent. */
	abstract void close(@Nullable CloseReason reason);

	final ConnectionContext owner() {
		return this.owner;
	}

	final StreamListener listener() {
		return this.listener;
	}

	@Override
	final @Nullable String serverName() {
		return this.owner.serverName();
	}

	/**
	 * Whether the calling thread notifies the listener with the transport's lock held.
	 */
	final boolean isTellingOfWrites() {
		return this.tellingOfWrites == Thread.currentThread();
	}

	@Override
	public final void secondReadRefused() {
		Misuse.SECOND_READER.report(serverName());
	}

	@Override
	public final void readingPaused() {
		logger.debug("{} pauses reading", this);
		this.listener.readingPaused(view());
	}

	@Override
	public final void readingResumed(Duration paused) {
		logger.debug("{} resumes reading", this);
		this.listener.readingResumed(view(), paused);
	}

	final void writingPaused() {
		logger.debug("{} pauses writing", this);
		this.writePause = SlowConsumerWatch.start(this);
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.writingPaused(view());
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	final void writingResumed() {
		logger.debug("{} resumes writing", this);
		SlowConsumerWatch pause = this.writePause;
		if (pause == null) {
			return;
		}
		this.writePause = null;
		forgetUndrained();
		pause.cancel();
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.writingResumed(view(), pause.duration());
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	final void bytesReceived(int count) {
		this.listener.bytesReceived(view(), count);
	}

	final void bytesSent(long count) {
		addSent(count);
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.bytesSent(view(), count);
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	final void closed(CloseReason reason, @Nullable IOException cause) {
		this.listener.closed(view(), reason, cause);
	}

	/**
	 * Logs the end. A timeout is worth a line at INFO, because it is done to a peer
	 * against its will; the policy on slow consumers has written its own line. The rest
	 * is for debugging.
	 */
	final void logEnd(CloseReason reason, @Nullable IOException cause) {
		boolean timedOut = switch (reason) {
			case SLOW_CONSUMER -> cause instanceof WriteBufferOverflowException;
			case WRITE_STALL_TIMEOUT, CLOSE_TIMEOUT -> true;
			default -> false;
		};
		long suppressed = timedOut ? TIMED_OUT.tryAcquire(System.nanoTime()) : -1;
		if (suppressed >= 0) {
			logger.info("Connection {} of '{}' to {} was given up: {}{}", id(), serverName(),
					PeerText.printable(transport().info().remoteAddress()), reason.text(),
					RateLimit.leftOut(suppressed));
		}
		logger.debug("{} is gone: {}", this, reason.text(), cause);
	}

}
