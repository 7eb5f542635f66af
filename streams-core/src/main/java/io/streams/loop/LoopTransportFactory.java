package io.streams.loop;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.streams.socket.ListenSocket;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;

/**
 * Makes transports on event loops of its own, over one kind of sockets. The factory of
 * each kind delegates to it. Safe for use by any thread.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // Only modules that see the sockets construct it
public final class LoopTransportFactory implements AutoCloseable {

	/** How long {@link #adoptNow} waits for an event loop at most. */
	private static final long ADOPT_SECONDS = 30;

	private final SocketSystem sockets;

	private final LoopGroup group;

	/**
	 * Create transports with event loops of their own, which are started when they are
	 * first needed, and do not keep the process alive.
	 * @param sockets the sockets below
	 * @param options how many loops, and of what kind
	 */
	public LoopTransportFactory(SocketSystem sockets, LoopOptions options) {
		this.sockets = sockets;
		this.group = new LoopGroup(sockets, options);
	}

	/**
	 * Binds an address.
	 * @param address the address
	 * @param options how to listen
	 * @param acceptor decides about each connection
	 * @return the bound server transport
	 * @throws BindFailedException if the address cannot be bound; nothing stays open
	 */
	public ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return SocketListener.bind(this.sockets, address, options, acceptor, this.group);
	}

	/**
	 * Takes a bound socket over.
	 * @param socket the socket; it belongs to the server transport from now on, also if
	 * this fails
	 * @param options how to treat accepted connections
	 * @param acceptor decides about each connection
	 * @return the server transport
	 * @throws BindFailedException if the socket is not bound or not open; it is closed
	 */
	public ServerTransport adopt(ListenSocket socket, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return SocketListener.adopt(socket, options, acceptor, this.group);
	}

	/**
	 * Connects.
	 * @param address a TCP or Unix-domain address, resolved
	 * @param options how to connect
	 * @param protocol gets {@code connectionMade}, before the future completes
	 * @return completes with the transport, or exceptionally; cancelling it gives the
	 * descriptor back
	 */
	public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options,
			Protocol protocol) {
		return new ConnectAttempt(this.sockets, address, options, protocol, this.group).start();
	}

	/**
	 * Takes a connected socket over.
	 * @param socket the socket; it belongs to the transport from now on, also if this
	 * fails
	 * @param options how to treat it
	 * @param protocol gets {@code connectionMade}, before the future completes
	 * @return completes with the transport; cancelling it closes the socket
	 */
	public CompletableFuture<Transport> adopt(StreamSocket socket, TransportOptions options, Protocol protocol) {
		CompletableFuture<Transport> outcome = new CompletableFuture<>();
		EventLoop loop;
		try {
			loop = this.group.next();
		}
		catch (RuntimeException | Error ex) {
			socket.close();
			throw ex;
		}
		loop.execute(() -> {
			try {
				Transport transport = SocketTransport.adopt(socket, loop, options, protocol);
				if (!outcome.complete(transport)) {
					// It was cancelled, and nobody else closes the socket.
					transport.abort();
				}
			}
			catch (IOException | RuntimeException | Error ex) {
				socket.close();
				outcome.completeExceptionally(ex);
			}
		});
		return outcome;
	}

	/**
	 * Takes a connected socket over, and waits for it, unless the caller is an event loop
	 * of these: then it is that loop's.
	 * @param socket the socket; it belongs to the transport from now on, also if this
	 * fails
	 * @param settings how to treat it
	 * @param protocol gets {@code connectionMade} before this returns
	 * @return the transport
	 * @throws CompletionException if the protocol fails, the socket cannot be watched, or
	 * the event loop does not come to it within 30 seconds
	 */
	public Transport adoptNow(StreamSocket socket, TransportOptions settings, Protocol protocol) {
		EventLoop current = this.group.current();
		if (current == null) {
			return awaited(adopt(socket, settings, protocol));
		}
		try {
			return SocketTransport.adopt(socket, current, settings, protocol);
		}
		catch (IOException | RuntimeException | Error ex) {
			socket.close();
			throw new CompletionException(ex);
		}
	}

	private static Transport awaited(CompletableFuture<Transport> adopted) {
		try {
			return adopted.copy().orTimeout(ADOPT_SECONDS, TimeUnit.SECONDS).join();
		}
		catch (CompletionException ex) {
			// A transport that comes too late is aborted.
			adopted.cancel(false);
			throw ex;
		}
	}

	/**
	 * How the loops are doing.
	 * @return a figure for each loop that was started
	 */
	public List<LoopStatistics> statistics() {
		return this.group.statistics();
	}

	/**
	 * Whether the calling thread is one of the loops.
	 * @return {@code true} on an event loop
	 */
	public boolean inEventLoop() {
		return this.group.isLoop(Thread.currentThread());
	}

	/** Aborts every connection, closes every listener and ends the loops. */
	@Override
	public void close() {
		this.group.close();
	}

}
