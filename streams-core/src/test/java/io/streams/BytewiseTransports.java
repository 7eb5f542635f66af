package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * Real transports whose protocols get every byte in a call of its own, as a network that
 * splits messages at each place would hand them over.
 */
final class BytewiseTransports implements TransportFactory {

	private final TransportFactory delegate;

	BytewiseTransports(TransportFactory delegate) {
		this.delegate = delegate;
	}

	@Override
	public ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.delegate.bind(address, options, new BytewiseAcceptor(acceptor));
	}

	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.delegate.adopt(channel, options, new BytewiseAcceptor(acceptor));
	}

	@Override
	public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options,
			Protocol protocol) {
		return this.delegate.connect(address, options, new BytewiseProtocol(protocol));
	}

	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions options, Protocol protocol) {
		return this.delegate.adopt(channel, options, new BytewiseProtocol(protocol));
	}

	@Override
	public List<LoopStatistics> loops() {
		return this.delegate.loops();
	}

	@Override
	public boolean inEventLoop() {
		return this.delegate.inEventLoop();
	}

	@Override
	public void close() {
		this.delegate.close();
	}

	private record BytewiseAcceptor(Acceptor delegate) implements Acceptor {

		@Override
		public boolean mayAccept() {
			return this.delegate.mayAccept();
		}

		@Override
		public @Nullable Protocol accepted(@Nullable SocketAddress remoteAddress) {
			Protocol protocol = this.delegate.accepted(remoteAddress);
			return (protocol != null) ? new BytewiseProtocol(protocol) : null;
		}

		@Override
		public void acceptFailed(IOException cause, Duration pause) {
			this.delegate.acceptFailed(cause, pause);
		}

		@Override
		public void setupFailed(@Nullable SocketAddress remoteAddress, @Nullable Protocol protocol, Throwable cause) {
			Protocol given = (protocol instanceof BytewiseProtocol bytewise) ? bytewise.delegate() : protocol;
			this.delegate.setupFailed(remoteAddress, given, cause);
		}

	}

	private record BytewiseProtocol(Protocol delegate) implements Protocol {

		@Override
		public void connectionMade(Transport transport) {
			this.delegate.connectionMade(transport);
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			for (int end = data.limit(); data.position() < end;) {
				data.limit(data.position() + 1);
				this.delegate.dataReceived(data);
			}
		}

		@Override
		public boolean eofReceived() {
			return this.delegate.eofReceived();
		}

		@Override
		public void pauseWriting() {
			this.delegate.pauseWriting();
		}

		@Override
		public void resumeWriting() {
			this.delegate.resumeWriting();
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
			this.delegate.connectionLost(cause);
		}

		@Override
		public void lingering() {
			this.delegate.lingering();
		}

		@Override
		public void bytesSent(long count) {
			this.delegate.bytesSent(count);
		}

	}

}
