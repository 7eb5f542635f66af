package io.streams;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.streams.flow.LoopLock;
import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTransport;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.Deadline;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that answers: one after the other, or, with
 * a Happy Eyeballs delay (RFC 8305), the next one as soon as the one before has failed or
 * has kept silent for the delay.
 * <p>
 * The first connection that stands wins. All other attempts are cancelled before whoever
 * asked gets the winner, as asyncio's staggered race ends; their event loops give the
 * descriptors back.
 */
final class Connector {

	static final Executor ON_VIRTUAL_THREAD = (task) -> Thread.ofVirtual().name("streams-connect").start(task);

	/** An attempt that comes late fails in time, and says so. */
	private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);

	private final TransportFactory transports;

	private final ConnectOptions options;

	/** The time for all attempts together. */
	private final Duration timeout;

	/** When the first attempt began, by the monotonic clock in nanoseconds. */
	private final long started = System.nanoTime();

	private final CompletableFuture<ConnectionCore> outcome = new CompletableFuture<>();

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: the addresses that were not tried yet. */
	private final Queue<SocketAddress> untried;

	/** Guarded by {@link #lock}: the attempts that go on. */
	private final List<CompletableFuture<Transport>> attempts = new ArrayList<>();

	/** Guarded by {@link #lock}: whether a connection stands; it stays the only one. */
	private boolean won;

	/** Guarded by {@link #lock}. */
	private final List<IOException> failures = new ArrayList<>();

	private Connector(TransportFactory transports, List<? extends SocketAddress> addresses, ConnectOptions options,
			Duration timeout) {
		this.transports = transports;
		this.options = options;
		this.timeout = timeout;
		this.untried = new ArrayDeque<>(addresses);
	}

	/**
	 * Connects within the timeout of the options.
	 * @return completes with the connection, or with the failures; cancelling it gives up
	 */
	static CompletableFuture<ConnectionCore> connect(TransportFactory transports,
			List<? extends SocketAddress> addresses, ConnectOptions options) {
		return connect(transports, addresses, options, options.connect().timeout());
	}

	/**
	 * Connects.
	 * @param timeout the time for all attempts together, in place of that of the options
	 * @return completes with the connection, or with the failures; cancelling it gives up
	 */
	static CompletableFuture<ConnectionCore> connect(TransportFactory transports,
			List<? extends SocketAddress> addresses, ConnectOptions options, Duration timeout) {
		Connector connector = new Connector(transports, arrange(addresses, options), options, timeout);
		connector.outcome.whenComplete((connection, failure) -> connector.cancelAttempts());
		if (connector.untried.isEmpty()) {
			connector.outcome.completeExceptionally(
					new ConnectFailedException(addresses.getFirst(),
							"none of the addresses " + addresses + " is of the family of the local address "
									+ options.connect().localAddress() + ": give a local address of one of theirs",
							null));
		}
		connector.tryNext();
		return connector.outcome;
	}

	/**
	 * The addresses in the order in which to try them: those of the local address's
	 * family only, and with the families interleaved, as asyncio does.
	 */
	private static List<? extends SocketAddress> arrange(List<? extends SocketAddress> addresses,
			ConnectOptions options) {
		List<SocketAddress> usable = new ArrayList<>(addresses);
		SocketAddress local = options.connect().localAddress();
		if (local != null) {
			usable.removeIf((address) -> isVersion4(address) != isVersion4(local));
		}
		if (options.interleave() == 0 || usable.isEmpty()) {
			return usable;
		}
		return interleave(usable, options.interleave());
	}

	private static List<SocketAddress> interleave(List<SocketAddress> addresses, int firstFamilyCount) {
		boolean firstFamily = isVersion4(addresses.getFirst());
		Queue<SocketAddress> first = new ArrayDeque<>();
		Queue<SocketAddress> second = new ArrayDeque<>();
		addresses.forEach((address) -> ((isVersion4(address) == firstFamily) ? first : second).add(address));
		List<SocketAddress> arranged = new ArrayList<>();
		for (int i = 1; i < firstFamilyCount && first.size() > 1; i++) {
			arranged.add(first.remove());
		}
		while (!first.isEmpty() || !second.isEmpty()) {
			moveOne(first, arranged);
			moveOne(second, arranged);
		}
		return arranged;
	}

	private static void moveOne(Queue<SocketAddress> from, List<SocketAddress> to) {
		if (!from.isEmpty()) {
			to.add(from.remove());
		}
	}

	private static boolean isVersion4(SocketAddress address) {
		return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address;
	}

	private void tryNext() {
		StreamReaderProtocol protocol = new StreamReaderProtocol(this.options.newReader(), this.options.listener(),
				(connection) -> {
				});
		CompletableFuture<Transport> attempt;
		try {
			attempt = startNext(protocol);
		}
		catch (RuntimeException | Error ex) {
			// An earlier attempt may be waited for: it ends too.
			this.outcome.completeExceptionally(ex);
			throw ex;
		}
		if (attempt == null) {
			return;
		}
		attempt.whenComplete((transport, failure) -> ended(attempt, protocol, failure));
		Duration delay = this.options.happyEyeballsDelay();
		if (delay != null) {
			CompletableFuture.delayedExecutor(Deadline.nanos(delay), TimeUnit.NANOSECONDS, ON_VIRTUAL_THREAD)
				.execute(() -> {
					if (!attempt.isDone()) {
						tryNext();
					}
				});
		}
	}

	/** Starts the next attempt; {@code null} if there is none to start. */
	private @Nullable CompletableFuture<Transport> startNext(StreamReaderProtocol protocol) {
		this.lock.lock();
		try {
			SocketAddress address = this.untried.poll();
			if (address == null || this.outcome.isDone()) {
				return null;
			}
			CompletableFuture<Transport> attempt = attempt(address, protocol);
			this.attempts.add(attempt);
			return attempt;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes a connected socket over.
	 * @param channel the socket, which is closed if this fails
	 */
	static CompletableFuture<ConnectionCore> adopt(TransportFactory transports, SocketChannel channel,
			ConnectOptions options) throws IOException {
		StreamReaderProtocol protocol = new StreamReaderProtocol(options.newReader(), options.listener(),
				(connection) -> {
				});
		CompletableFuture<Transport> adopted;
		try {
			adopted = secured(options.tls(), channel.getRemoteAddress(), protocol,
					(below) -> transports.adopt(channel, options.connect().transport(), below));
		}
		catch (IOException | RuntimeException | Error ex) {
			channel.close();
			throw ex;
		}
		CompletableFuture<ConnectionCore> connecting = adopted.thenApply((transport) -> protocol.core());
		connecting.whenComplete((connection, failure) -> {
			if (connecting.isCancelled() && !adopted.cancel(false)) {
				// The socket was given away: nobody else closes it.
				adopted.thenAccept(Transport::abort);
			}
		});
		return connecting;
	}

	private CompletableFuture<Transport> attempt(SocketAddress address, StreamReaderProtocol protocol) {
		return secured(this.options.tls(), address, protocol,
				(below) -> this.transports.connect(address, attemptOptions(), below));
	}

	/**
	 * The options of the next attempt, whose timeout is what is left. Attempts that
	 * follow one another share it equally, so that a silent address leaves time for the
	 * others. Call with the lock held.
	 */
	private ClientTransportOptions attemptOptions() {
		ClientTransportOptions given = this.options.connect();
		boolean first = this.attempts.isEmpty() && this.failures.isEmpty();
		Duration left = first ? this.timeout : this.timeout.minusNanos(System.nanoTime() - this.started);
		Duration share = (this.options.happyEyeballsDelay() != null) ? left : left.dividedBy(this.untried.size() + 1);
		Duration timeout = (share.compareTo(MIN_TIMEOUT) > 0) ? share : MIN_TIMEOUT;
		return given.toBuilder().timeout(timeout).build();
	}

	/**
	 * Connects, and has TLS on top if there are options for it.
	 * @param opening makes the connection for the protocol that is nearest to it
	 */
	private static CompletableFuture<Transport> secured(@Nullable TlsOptions tls, @Nullable SocketAddress address,
			StreamReaderProtocol protocol, Function<Protocol, CompletableFuture<Transport>> opening) {
		if (tls == null) {
			return opening.apply(protocol);
		}
		String host = (address instanceof InetSocketAddress inet) ? inet.getHostString() : null;
		int port = (address instanceof InetSocketAddress inet) ? inet.getPort() : -1;
		TlsTransport secured = TlsTransport.client(tls, host, port, protocol,
				new HandshakeReport(null, protocol.listener()));
		CompletableFuture<Transport> connecting = opening.apply(secured);
		CompletableFuture<Transport> open = connecting.thenCompose((lower) -> secured.handshake());
		open.whenComplete((transport, failure) -> {
			if (open.isCancelled()) {
				connecting.cancel(false);
				connecting.thenAccept(Transport::abort);
			}
		});
		return open;
	}

	private void ended(CompletableFuture<Transport> attempt, StreamReaderProtocol protocol,
			@Nullable Throwable failure) {
		if (failure == null) {
			if (!win(attempt) || !this.outcome.complete(protocol.core())) {
				protocol.core().abort();
			}
			return;
		}
		boolean over;
		this.lock.lock();
		try {
			this.attempts.remove(attempt);
			this.failures.add(ioFailure(failure));
			over = !this.won && this.attempts.isEmpty() && this.untried.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		if (over) {
			this.outcome.completeExceptionally(summary());
		}
		else {
			tryNext();
		}
	}

	/** Gives all other attempts up, unless another one had won before. */
	private boolean win(CompletableFuture<Transport> attempt) {
		List<CompletableFuture<Transport>> others;
		this.lock.lock();
		try {
			if (this.won) {
				return false;
			}
			this.won = true;
			this.attempts.remove(attempt);
			others = takeAttempts();
		}
		finally {
			this.lock.unlock();
		}
		others.forEach((other) -> other.cancel(false));
		return true;
	}

	private static IOException ioFailure(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		return (cause instanceof IOException io) ? io : new IOException("connecting failed: " + cause, cause);
	}

	private void cancelAttempts() {
		List<CompletableFuture<Transport>> unfinished;
		this.lock.lock();
		try {
			unfinished = takeAttempts();
		}
		finally {
			this.lock.unlock();
		}
		unfinished.forEach((attempt) -> attempt.cancel(false));
	}

	/**
	 * The attempts that go on, after which there is no other. Call with the lock held.
	 */
	private List<CompletableFuture<Transport>> takeAttempts() {
		this.untried.clear();
		return List.copyOf(this.attempts);
	}

	/** One failure is itself; several are told of together, as asyncio does. */
	private IOException summary() {
		IOException first = this.failures.getFirst();
		if (this.failures.size() == 1 && !this.options.allErrors()) {
			return first;
		}
		List<String> texts = this.failures.stream().map((failure) -> String.valueOf(failure.getMessage())).toList();
		if (texts.stream().distinct().count() == 1 && !this.options.allErrors()) {
			return first;
		}
		IOException summary = (first instanceof ConnectFailedException failed)
				? new ConnectFailedException(failed.address(), texts) : new IOException(String.join(", ", texts));
		this.failures.forEach(summary::addSuppressed);
		return summary;
	}

}
