package io.streams;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a connection that somebody opened and let go of without closing it: it
 * is reported, with the place where it was opened, and closed.
 * <p>
 * asyncio counterpart: the {@code ResourceWarning} of {@code StreamWriter.__del__}.
 */
final class AbandonedConnection implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(StreamConnection.class);

	/**
	 * One in so many connections notes where it was opened; all do with debug logging.
	 */
	private static final int SAMPLE = 32;

	private static final AtomicInteger opened = new AtomicInteger();

	private final ConnectionCore connection;

	private final @Nullable Throwable opener;

	private AbandonedConnection(ConnectionCore connection, @Nullable Throwable opener) {
		this.connection = connection;
		this.opener = opener;
	}

	/**
	 * Notes where a connection is being opened, now and then.
	 * @return the place, or {@code null}
	 */
	static @Nullable Throwable opener() {
		boolean sampled = Math.floorMod(opened.getAndIncrement(), SAMPLE) == 0;
		return (sampled || logger.isDebugEnabled()) ? new Throwable("It was opened here") : null;
	}

	/**
	 * Watches a connection.
	 * @param guard what all that its opener holds refers to
	 */
	static void watch(Object guard, ConnectionCore connection, @Nullable Throwable opener) {
		Watch.CLEANER.register(guard, new AbandonedConnection(connection, opener));
	}

	/** Nobody holds the connection any more, be it open or closed. */
	@Override
	public void run() {
		if (!this.connection.transport().isClosing()) {
			report();
			this.connection.close(CloseReason.ABANDONED);
		}
		this.connection.abandoned();
	}

	private void report() {
		String where = (this.opener != null) ? ""
				: " The logger " + logger.getName() + " at DEBUG notes where each connection is opened.";
		logger.warn(
				"{} was let go of and never closed, so it is closed now: close it, or open it in a"
						+ " try-with-resources. See docs/flow-control.md#left-open.{}",
				this.connection, where, this.opener);
		this.connection.listener()
			.failed(this.connection.view(), "connection left open",
					(this.opener != null) ? this.opener : new IllegalStateException("nobody closed it"));
	}

	/** The thread that finds them; started with the first connection that is opened. */
	private static final class Watch {

		static final Cleaner CLEANER = Cleaner.create(Thread.ofPlatform().name("streams-abandoned").daemon().factory());

	}

}
