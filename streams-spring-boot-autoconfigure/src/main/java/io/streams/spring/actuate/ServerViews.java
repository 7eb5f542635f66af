package io.streams.spring.actuate;

import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * Renders views of servers, one at a time, and shares them among requests. However many
 * requests arrive, one thread looks at connections, and for a tenth of its time at most.
 * <p>
 * A view answers each request that arrived before its rendering began: such a request
 * sees nothing old. The view of a server with more than {@value #SMALL} connections also
 * answers later requests, for ten times as long as the rendering took, and for one second
 * at most. No view from before an operator's action answers a request after it.
 */
final class ServerViews {

	/** Connections up to which a later request gets a view of its own. */
	static final int SMALL = 500;

	/** Factor between the time that a rendering took and the time of its reuse. */
	static final int REUSE_FACTOR = 10;

	/** Longest reuse in nanoseconds. */
	static final long MAX_REUSE = TimeUnit.SECONDS.toNanos(1);

	/** Longest time that a request waits for its turn. */
	static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private final BiFunction<StreamServer, ServerHistory, ServerView> renderer;

	private final LongSupplier clock;

	private final Duration maxWait;

	/** Held while a view is rendered; the first request to wait is the next to run. */
	private final ReentrantLock rendering = new ReentrantLock(true);

	/** By the server's name: a server that is started again replaces its predecessor. */
	private final Map<String, Slot> slots = new ConcurrentHashMap<>();

	ServerViews() {
		this(ServerView::of, System::nanoTime, MAX_WAIT);
	}

	ServerViews(BiFunction<StreamServer, ServerHistory, ServerView> renderer, LongSupplier clock, Duration maxWait) {
		this.renderer = renderer;
		this.clock = clock;
		this.maxWait = maxWait;
	}

	/**
	 * Returns a view of a server.
	 * @param server the server
	 * @param history the server's history
	 * @return a view that is not older than the rules of this class allow
	 * @throws BusyException if the request waited for its turn for too long
	 */
	ServerView of(StreamServer server, ServerHistory history) {
		long asked = this.clock.getAsLong();
		Slot slot = slot(server.name());
		ServerView shared = slot.find(server, asked, asked);
		if (shared != null) {
			return shared;
		}
		waitForTurn();
		try {
			shared = slot.find(server, asked, this.clock.getAsLong());
			return (shared != null) ? shared : render(server, history, slot);
		}
		finally {
			this.rendering.unlock();
		}
	}

	/**
	 * Drops the view of a server after an action, so that the next request sees what the
	 * action did.
	 * @param server the server's name
	 */
	void changed(String server) {
		slot(server).changes.incrementAndGet();
	}

	private ServerView render(StreamServer server, ServerHistory history, Slot slot) {
		long change = slot.changes.get();
		long started = this.clock.getAsLong();
		ServerView view = this.renderer.apply(server, history);
		long finished = this.clock.getAsLong();
		boolean large = view.connections().size() > SMALL;
		long reuse = large ? Math.min(REUSE_FACTOR * (finished - started), MAX_REUSE) : 0;
		slot.latest = new SoftReference<>(new Shared(server, view, change, started, finished + reuse));
		return view;
	}

	private void waitForTurn() {
		try {
			if (this.rendering.tryLock(this.maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw new BusyException("The endpoint is busy with other requests: ask again later, and less often");
	}

	private Slot slot(String server) {
		return this.slots.computeIfAbsent(server, (name) -> new Slot());
	}

	/** The latest view of a server. */
	private static final class Slot {

		/** Number of actions on the server and its connections. */
		private final AtomicLong changes = new AtomicLong();

		/**
		 * Softly held: snapshots of many connections are not worth an
		 * {@code OutOfMemoryError}. Written with the rendering lock held.
		 */
		private volatile Reference<Shared> latest = new SoftReference<>(null);

		private @Nullable ServerView find(StreamServer server, long asked, long now) {
			Shared shared = this.latest.get();
			boolean usable = shared != null && shared.server == server && shared.change == this.changes.get()
					&& (shared.started - asked >= 0 || now - shared.until < 0);
			return usable ? shared.view : null;
		}

	}

	/**
	 * A view and the requests that it may answer.
	 *
	 * @param server the very server: one of the same name may have replaced it
	 * @param view the view
	 * @param change number of actions before the rendering
	 * @param started when the rendering began
	 * @param until when the reuse ends
	 */
	private record Shared(StreamServer server, ServerView view, long change, long started, long until) {
	}

}
