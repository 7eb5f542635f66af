package io.streams.memory;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.streams.memory.MemoryTransport.End;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectSettings;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.Transport.Cancellable;
import io.streams.transport.TransportInfo;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect in memory, up to the transport or the failure. It belongs to the
 * factory's event loop.
 */
final class MemoryAttempt {

	private final MemoryAddress address;

	private final MemoryAddress localAddress;

	private final ConnectSettings settings;

	private final Protocol protocol;

	private final MemoryTransportFactory network;

	private final CompletableFuture<Transport> outcome = new CompletableFuture<>();

	/** Event loop only: where it waits for room in the backlog. */
	private @Nullable MemoryListener listener;

	/** Event loop only: ends the wait. */
	private @Nullable Cancellable timer;

	MemoryAttempt(MemoryAddress address, MemoryAddress localAddress, ConnectSettings settings, Protocol protocol,
			MemoryTransportFactory network) {
		this.address = address;
		this.localAddress = localAddress;
		this.settings = settings;
		this.protocol = protocol;
		this.network = network;
	}

	CompletableFuture<Transport> start() {
		this.outcome.whenComplete((transport, failure) -> {
			if (this.outcome.isCancelled()) {
				this.network.loop().execute(this::giveUp);
			}
		});
		this.network.loop().execute(this::begin);
		return this.outcome;
	}

	/** Ends the attempt: nobody listens, or not any more. Event loop only. */
	void refuse() {
		fail(this.network.isClosed() ? "the transport factory was closed" : "Connection refused", null);
	}

	/**
	 * Makes the connection and opens the client's end. Event loop only.
	 * @return the server's end, or {@code null} if the attempt is over
	 */
	@Nullable MemoryTransport connect(MemoryListener listener) {
		stopWaiting();
		if (this.outcome.isDone()) {
			return null;
		}
		MemoryTransport[] ends = MemoryTransport.pair(this.network.chunk(), clientEnd(), serverEnd(listener));
		try {
			ends[0].open(this.protocol);
		}
		catch (RuntimeException | Error ex) {
			ends[1].discard();
			fail(String.valueOf(ex.getMessage()), ex);
			return null;
		}
		if (!this.outcome.complete(ends[0])) {
			ends[0].abort();
		}
		return ends[1];
	}

	private End clientEnd() {
		TransportInfo info = new TransportInfo(this.localAddress, this.address, Map.of());
		return new End(this.localAddress.name(), this.network.loop(), info, this.settings.transport());
	}

	private End serverEnd(MemoryListener listener) {
		TransportInfo info = new TransportInfo(this.address, this.localAddress, Map.of());
		return new End(this.address.name(), this.network.loop(), info, listener.settings().transport());
	}

	private void begin() {
		if (this.outcome.isDone()) {
			return;
		}
		MemoryListener listener = this.network.listener(this.address);
		if (listener == null || this.network.isClosed()) {
			refuse();
			return;
		}
		this.listener = listener;
		listener.offer(this);
		if (!this.outcome.isDone()) {
			this.timer = this.network.loop().executeLater(this.settings.timeout(), this::timedOut);
		}
	}

	private void timedOut() {
		if (!this.outcome.isDone()) {
			fail("no answer within " + this.settings.timeout().toMillis() + " ms (connect timeout)", null);
		}
	}

	private void fail(String reason, @Nullable Throwable cause) {
		giveUp();
		this.outcome.completeExceptionally(new ConnectFailedException(this.address, reason, cause));
	}

	private void giveUp() {
		if (this.listener != null) {
			this.listener.withdraw(this);
		}
		stopWaiting();
	}

	private void stopWaiting() {
		this.listener = null;
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

}
