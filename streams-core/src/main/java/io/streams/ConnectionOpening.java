package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.tls.TlsInitialization;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.Deadline;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;

/**
 * Opens a connection in two steps: the name lookup and the attempts to connect. The
 * connect timeout covers both. The first TLS connection of a process waits for the
 * initialization of TLS as well, which does not count. Never blocks the caller.
 */
final class ConnectionOpening {

	private final TransportFactory transports;

	private final SocketAddress target;

	private final ConnectOptions options;

	private final long started = System.nanoTime();

	/** Written when the lookup ends, and read after it. */
	private long lookupNanos;

	private final CompletableFuture<ConnectionCore> outcome = new CompletableFuture<>();

	private ConnectionOpening(TransportFactory transports, SocketAddress target, ConnectOptions options) {
		this.transports = transports;
		this.target = target;
		this.options = options;
	}

	/**
	 * Connects to a host.
	 * @return completes with the connection, or with the failures; cancelling it gives up
	 */
	static CompletableFuture<ConnectionCore> connect(TransportFactory transports, String host, int port,
			ConnectOptions options) {
		return new ConnectionOpening(transports, InetSocketAddress.createUnresolved(host, port), options)
			.connect(NameLookup.start(host, port));
	}

	/**
	 * Connects to one of several addresses of a server.
	 * @param addresses the addresses, at least one
	 * @return completes with the connection, or with the failures; cancelling it gives up
	 */
	static CompletableFuture<ConnectionCore> connect(TransportFactory transports,
			List<? extends SocketAddress> addresses, ConnectOptions options) {
		return new ConnectionOpening(transports, addresses.getFirst(), options)
			.connect(CompletableFuture.completedFuture(addresses));
	}

	/**
	 * Takes a connected socket over.
	 * @param channel the socket, which is closed if this fails
	 * @return completes with the connection, or with the failure; cancelling it gives up
	 */
	static CompletableFuture<ConnectionCore> adopt(TransportFactory transports, SocketChannel channel,
			ConnectOptions options) throws IOException {
		if (options.tls() == null || TlsInitialization.isDone()) {
			return Connector.adopt(transports, channel, options);
		}
		CompletableFuture<ConnectionCore> outcome = new CompletableFuture<>();
		TlsInitialization.start()
			.thenRunAsync(() -> adopt(transports, channel, options, outcome), Connector.ON_VIRTUAL_THREAD);
		return outcome;
	}

	private static void adopt(TransportFactory transports, SocketChannel channel, ConnectOptions options,
			CompletableFuture<ConnectionCore> outcome) {
		try {
			if (outcome.isDone()) {
				channel.close();
				return;
			}
			relay(Connector.adopt(transports, channel, options), outcome);
		}
		catch (IOException | RuntimeException | Error ex) {
			outcome.completeExceptionally(ex);
		}
	}

	private <T extends List<? extends SocketAddress>> CompletableFuture<ConnectionCore> connect(
			CompletableFuture<T> lookup) {
		boolean ready = this.options.tls() == null || TlsInitialization.isDone();
		if (ready && lookup.isDone() && !lookup.isCompletedExceptionally()) {
			return Connector.connect(this.transports, lookup.join(), this.options);
		}
		CompletableFuture<Void> initialization = ready ? CompletableFuture.completedFuture(null)
				: TlsInitialization.start();
		this.outcome.whenComplete((connection, failure) -> lookup.cancel(true));
		lookup.copy()
			.orTimeout(Deadline.nanos(this.options.connect().timeout()), TimeUnit.NANOSECONDS)
			.whenComplete((addresses, failure) -> this.lookupNanos = System.nanoTime() - this.started)
			.thenCombine(initialization, (addresses, nothing) -> addresses)
			.whenCompleteAsync(this::prepared, Connector.ON_VIRTUAL_THREAD);
		return this.outcome;
	}

	private void prepared(@Nullable List<? extends SocketAddress> addresses, @Nullable Throwable failure) {
		if (addresses == null) {
			this.outcome.completeExceptionally(reason(failure));
			return;
		}
		if (this.outcome.isDone()) {
			return;
		}
		Duration left = this.options.connect().timeout().minusNanos(this.lookupNanos);
		try {
			relay((left.isPositive()) ? Connector.connect(this.transports, addresses, this.options, left)
					: CompletableFuture.failedFuture(tooLate()), this.outcome);
		}
		catch (RuntimeException | Error ex) {
			this.outcome.completeExceptionally(ex);
		}
	}

	private Throwable reason(@Nullable Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return (cause == null || cause instanceof TimeoutException) ? tooLate() : cause;
	}

	private ConnectFailedException tooLate() {
		return new ConnectFailedException(this.target, "the name lookup was not finished within "
				+ this.options.connect().timeout().toMillis() + " ms (connect timeout)", null);
	}

	private static void relay(CompletableFuture<ConnectionCore> connecting, CompletableFuture<ConnectionCore> outcome) {
		outcome.whenComplete((connection, failure) -> connecting.cancel(false));
		connecting.whenComplete((connection, failure) -> {
			if (failure != null) {
				outcome.completeExceptionally(failure);
			}
			else if (!outcome.complete(connection)) {
				connection.abort();
			}
		});
	}

}
