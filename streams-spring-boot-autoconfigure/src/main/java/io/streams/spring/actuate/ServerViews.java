package io.streams.spring.actuate;

import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

	/** Largest number of connections in a view that is not reused. */
	static final int SMALL = 500;

	/** Factor between the time that a rendering took and the time of its reuse. */
	static final int REUSE_FACTOR = 10;

	/** Longest reuse in nanoseconds. */
	static final long MAX_REUSE = TimeUnit.SECONDS.toNanos(1);

	private final BiFunction<StreamServer, ServerHistory, ServerView> renderer;

	private final LongSupplier clock;

	private final Turn turn;

	/** By the server's name: a server that is started again replaces its predecessor. */
	private final Map<String, Slot> slots = new ConcurrentHashMap<>();

	ServerViews() {
		this(ServerView::of, System::nanoTime, new Turn());
	}

	ServerViews(BiFunction<StreamServer, ServerHistory, ServerView> renderer, LongSupplier clock, Turn turn) {
		this.renderer = renderer;
		this.clock = clock;
		this.turn = turn;
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
		return (shared != null) ? shared : this.turn.take(() -> {
			ServerView another = slot.find(server, asked, this.clock.getAsLong());
			return (another != null) ? another : render(server, history, slot);
		});
	}

	/** Returns the turn during which views are rendered. */
	Turn turn() {
		return this.turn;
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

	private Slot slot(String server) {
		return this.slots.computeIfAbsent(server, (name) -> new Slot());
	}

	/** The latest view of a server. */
	private static final class Slot {

		/** Number of actions on the server and its connections. */
		private final AtomicLong changes = new AtomicLong();

		/**
		 * Softly held: snapshots of many connections are not worth an
		 * {@code OutOfMemoryError}. Written during a turn.
		 */
		private volatile Reference<Shared> latest = new SoftReference<>(null);

		private @Nullable ServerView find(StreamServer server, long asked, long now) {
			Shared shared = this.latest.get();
			return (shared != null && shared.answers(server, this.changes.get(), asked, now)) ? shared.view : null;
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

		private boolean answers(StreamServer server, long change, long asked, long now) {
			return this.server == server && this.change == change
					&& (this.started - asked >= 0 || now - this.until < 0);
		}

	}

}
