package io.streams;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLException;

import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTransport;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Puts TLS between a connection and its transport. All of it happens in one step on the
 * event loop, so that no byte can come in between.
 */
final class TlsUpgrade {

	private final StreamConnection connection;

	private final TlsOptions options;

	private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();

	TlsUpgrade(StreamConnection connection, TlsOptions options) {
		this.connection = connection;
		this.options = options;
	}

	CompletableFuture<@Nullable Void> start() {
		this.outcome.whenComplete((nothing, failure) -> {
			if (this.outcome.isCancelled()) {
				// To go on in plain is no way out.
				this.connection.abort();
			}
		});
		this.connection.transport().execute(this::upgrade);
		return this.outcome;
	}

	private void upgrade() {
		Transport transport = this.connection.transport();
		if (transport instanceof TlsTransport) {
			this.outcome.completeExceptionally(
					new IllegalStateException("startTls on a connection that speaks TLS already: call it once"));
		}
		else {
			try {
				// In any case, what came in plain is not to be read after this call.
				byte[] readAhead = this.connection.reader().side().takeReadAhead();
				if (transport.isClosing() || this.connection.reader().side().hasInputEnded()) {
					refuseAtTheEnd(transport);
				}
				else {
					begin(transport, readAhead);
				}
			}
			catch (IllegalStateException | IllegalArgumentException ex) {
				this.outcome.completeExceptionally(ex);
			}
		}
	}

	private void refuseAtTheEnd(Transport transport) {
		ConnectionLostException ended = new ConnectionLostException(
				"startTls on a connection that is closing, or whose peer has ended its side");
		if (!transport.isClosing()) {
			transport.abort(ended);
		}
		this.outcome.completeExceptionally(ended);
	}

	private void begin(Transport transport, byte[] readAhead) {
		boolean server = this.connection.serverName() != null;
		if (!server && readAhead.length > 0) {
			SSLException injected = new SSLException("The server sent " + readAhead.length
					+ " bytes in plain ahead of the TLS handshake; they could have come from anybody,"
					+ " so the connection was aborted");
			transport.abort(injected);
			this.outcome.completeExceptionally(injected);
			return;
		}
		TlsTransport secured = server ? TlsTransport.server(this.options, transport.protocol(), report())
				: client(transport);
		this.connection.replaceTransport(secured);
		secured.handshake().whenComplete((done, failure) -> {
			if (failure != null) {
				this.outcome.completeExceptionally(failure);
			}
			else {
				this.outcome.complete(null);
			}
		});
		secured.upgrade(transport, ByteBuffer.wrap(readAhead));
	}

	private TlsTransport client(Transport transport) {
		InetSocketAddress peer = (this.connection.remoteAddress() instanceof InetSocketAddress inet) ? inet : null;
		String host = (peer != null) ? peer.getHostString() : null;
		int port = (peer != null) ? peer.getPort() : -1;
		return TlsTransport.client(this.options, host, port, transport.protocol(), report());
	}

	private HandshakeReport report() {
		return new HandshakeReport(null, this.connection.listener());
	}

}
