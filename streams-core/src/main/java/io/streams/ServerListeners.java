package io.streams;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.tls.TlsInitialization;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;
import io.streams.transport.ServerTransport;
import io.streams.transport.TransportFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of one server. Bind or adopt once, before other threads see the server;
 * everything else is safe for use by any thread.
 */
final class ServerListeners {

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	/** How long a failed start waits for its addresses to be free again. */
	private static final long RELEASE_SECONDS = 5;

	private final TransportFactory transports;

	private final ServerOptions options;

	/** Written once, before the server is seen by others. */
	private List<ServerTransport> listeners = List.of();

	ServerListeners(TransportFactory transports, ServerOptions options) {
		this.transports = transports;
		this.options = options;
	}

	/** Binds every address, or none. */
	void bind(List<? extends SocketAddress> addresses, Acceptor clients) throws BindFailedException {
		initializeTls();
		List<ServerTransport> bound = new ArrayList<>();
		try {
			for (SocketAddress address : new LinkedHashSet<>(addresses)) {
				bind(address, bound, addresses.size() == 1, clients);
			}
			if (bound.isEmpty()) {
				throw new BindFailedException(addresses.getFirst(), Reason.ADDRESS_NOT_AVAILABLE,
						"none of " + addresses + " is an address here", null);
			}
		}
		catch (BindFailedException | RuntimeException | Error ex) {
			awaitClosing(close(bound));
			throw ex;
		}
		this.listeners = List.copyOf(bound);
	}

	/**
	 * An address that does not exist here, an IPv6 one for instance, is left out as by
	 * asyncio.
	 */
	private void bind(SocketAddress address, List<ServerTransport> bound, boolean only, Acceptor clients)
			throws BindFailedException {
		try {
			bound.add(this.transports.bind(address, this.options.listen(), clients));
		}
		catch (BindFailedException ex) {
			if (only || ex.reason() != Reason.ADDRESS_NOT_AVAILABLE) {
				throw ex;
			}
			logger.warn("Server '{}': {}", this.options.name(), ex.getMessage());
		}
	}

	/** Listens on a socket that is bound already. */
	void adopt(ServerSocketChannel channel, Acceptor clients) throws BindFailedException {
		initializeTls();
		this.listeners = List.of(this.transports.adopt(channel, this.options.listen(), clients));
	}

	/** Before the server listens, so that no handshake initializes classes on a loop. */
	private void initializeTls() {
		if (this.options.tls() == null || TlsInitialization.isDone()) {
			return;
		}
		if (this.transports.inEventLoop()) {
			TlsInitialization.start();
		}
		else {
			TlsInitialization.await();
		}
	}

	void start() {
		this.listeners.forEach(ServerTransport::start);
	}

	/** Accepts from the backlog again. */
	void resumeAccepting() {
		this.listeners.forEach(ServerTransport::resumeAccepting);
	}

	boolean areOpen() {
		return this.listeners.stream().allMatch(ServerTransport::isOpen);
	}

	boolean isAcceptingPaused() {
		return this.listeners.stream().anyMatch(ServerTransport::isAcceptingPaused);
	}

	/** Returns the addresses, with the ports that the system chose. */
	List<SocketAddress> addresses() {
		return this.listeners.stream().map(ServerTransport::localAddress).toList();
	}

	/** Returns the port of the first TCP address, or -1 if there is none. */
	int port() {
		return this.listeners.stream()
			.map(ServerTransport::localAddress)
			.filter(InetSocketAddress.class::isInstance)
			.mapToInt((address) -> ((InetSocketAddress) address).getPort())
			.findFirst()
			.orElse(-1);
	}

	/**
	 * Asks the listeners to close, without waiting for them.
	 * @return completes when they are closed
	 */
	CompletableFuture<?> close() {
		return close(this.listeners);
	}

	private static CompletableFuture<?> close(List<ServerTransport> listeners) {
		return CompletableFuture
			.allOf(listeners.stream().map(ServerTransport::close).toArray(CompletableFuture<?>[]::new));
	}

	/**
	 * Waits until addresses are given back, so that they can be bound at once. Not on an
	 * event loop, which may be the one that gives them back.
	 */
	void awaitClosing(CompletableFuture<?> closing) {
		if (this.transports.inEventLoop()) {
			return;
		}
		try {
			closing.get(RELEASE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("Server '{}' could not give back an address that it had bound", this.options.name(), ex);
		}
	}

}
