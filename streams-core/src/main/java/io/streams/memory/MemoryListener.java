package io.streams.memory;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import io.streams.transport.Acceptor;
import io.streams.transport.ListenSettings;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;

import org.jspecify.annotations.Nullable;

/**
 * Listens on a name. It belongs to the factory's event loop.
 *
 * <pre>
 *   BOUND ──start──▶ ACCEPTING ◀──resume / may not──▶ PAUSED
 *     └──────────────────┴──────────close──────────────┴────▶ CLOSED
 * </pre>
 */
final class MemoryListener implements ServerTransport {

	private enum State {

		BOUND, ACCEPTING, PAUSED, CLOSED

	}

	private final MemoryAddress address;

	private final ListenSettings settings;

	private final Acceptor acceptor;

	private final MemoryTransportFactory network;

	private final CompletableFuture<Void> closed = new CompletableFuture<>();

	/** Written by the event loop. */
	private volatile State state = State.BOUND;

	/**
	 * Event loop only: the own ends of clients that are connected and not accepted, at
	 * most as many as the settings' backlog.
	 */
	private final Queue<MemoryTransport> backlog = new ArrayDeque<>();

	/** Event loop only: who found the backlog full; each has a connect timeout. */
	private final Queue<MemoryAttempt> waiting = new ArrayDeque<>();

	MemoryListener(MemoryAddress address, ListenSettings settings, Acceptor acceptor, MemoryTransportFactory network) {
		this.address = address;
		this.settings = settings;
		this.acceptor = acceptor;
		this.network = network;
	}

	@Override
	public MemoryAddress localAddress() {
		return this.address;
	}

	@Override
	public void start() {
		moveFrom(State.BOUND);
	}

	@Override
	public void resumeAccepting() {
		moveFrom(State.PAUSED);
	}

	@Override
	public boolean isAcceptingPaused() {
		return this.state == State.PAUSED;
	}

	@Override
	public boolean isOpen() {
		return this.state != State.CLOSED;
	}

	@Override
	public CompletableFuture<Void> close() {
		this.network.loop().execute(this::closeNow);
		return this.closed.copy();
	}

	/** Somebody wants to connect. Event loop only. */
	void offer(MemoryAttempt attempt) {
		this.waiting.add(attempt);
		proceed();
	}

	/** Whoever waited does so no more. Event loop only. */
	void withdraw(MemoryAttempt attempt) {
		this.waiting.remove(attempt);
	}

	ListenSettings settings() {
		return this.settings;
	}

	/** Event loop only. */
	void closeNow() {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		this.network.unbind(this);
		for (MemoryTransport end; (end = this.backlog.poll()) != null;) {
			end.finish(null, true);
		}
		for (MemoryAttempt attempt; (attempt = this.waiting.poll()) != null;) {
			attempt.refuse();
		}
		this.closed.complete(null);
	}

	private void moveFrom(State expected) {
		this.network.loop().execute(() -> {
			if (this.state == expected) {
				this.state = State.ACCEPTING;
				proceed();
			}
		});
	}

	/** Accepts whom it may, and fills the backlog with those who wait. */
	private void proceed() {
		connectWaiting();
		while (this.state == State.ACCEPTING && !this.backlog.isEmpty()) {
			if (!this.acceptor.mayAccept()) {
				this.state = State.PAUSED;
				return;
			}
			deal(this.backlog.remove());
			connectWaiting();
		}
	}

	private void connectWaiting() {
		while (this.backlog.size() < this.settings.backlog() && !this.waiting.isEmpty()) {
			MemoryTransport end = this.waiting.remove().connect(this);
			if (end != null) {
				this.backlog.add(end);
				end.whenClosedUnopened(() -> gone(end));
			}
		}
	}

	/** A client aborted before it was accepted. */
	private void gone(MemoryTransport end) {
		if (this.backlog.remove(end)) {
			proceed();
		}
	}

	private void deal(MemoryTransport end) {
		Protocol protocol = protocol(end);
		if (protocol == null) {
			end.discard();
			return;
		}
		try {
			end.open(protocol);
		}
		catch (RuntimeException | Error ex) {
			this.acceptor.setupFailed(end.info().remoteAddress(), protocol, ex);
		}
	}

	/** The acceptor tells of its own failures. */
	private @Nullable Protocol protocol(MemoryTransport end) {
		try {
			return this.acceptor.accepted(end.info().remoteAddress());
		}
		catch (RuntimeException | Error ex) {
			return null;
		}
	}

}
