package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLException;

import io.streams.flow.FreshFailure;
import io.streams.tls.TlsInitialization;
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

	private final ConnectionCore connection;

	private final TlsOptions options;

	private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();

	TlsUpgrade(ConnectionCore connection, TlsOptions options) {
		this.connection = connection;
		this.options = options;
	}

	CompletableFuture<@Nullable Void> start() {
		this.outcome.whenComplete((nothing, failure) -> {
			if (this.outcome.isCancelled()) {
				// To go on in plain is no way out.
				this.connection.readSide().invalidate(new ConnectionLostException("startTls was cancelled"));
				this.connection.abort();
			}
		});
		if (TlsInitialization.isDone()) {
			this.connection.transport().loop().execute(this::upgrade);
		}
		else {
			TlsInitialization.start().thenRun(() -> this.connection.transport().loop().execute(this::upgrade));
		}
		return this.outcome;
	}

	private void upgrade() {
		Transport transport = this.connection.transport();
		try {
			refuseMisuse(transport);
			if (transport.isClosing() || this.connection.readSide().state().ended()) {
				this.connection.readSide().takeReadAhead();
				refuseAtTheEnd(transport);
			}
			else {
				TlsTransport secured = secure(transport);
				// In any case, what came in plain is not to be read after this call.
				begin(transport, secured, this.connection.readSide().takeReadAhead());
			}
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			this.outcome.completeExceptionally(ex);
		}
		catch (SSLException ex) {
			abort(transport, ex);
		}
	}

	private void refuseMisuse(Transport transport) {
		if (transport instanceof TlsTransport) {
			throw new IllegalStateException("startTls on a connection that speaks TLS already: call it once");
		}
		if (this.connection.isOutputEnded()) {
			throw new IllegalStateException("Cannot call startTls() after writeEof(): the handshake could not be sent;"
					+ " upgrade first, then end the side");
		}
		if (this.connection.transferring() != null) {
			throw new IllegalStateException("startTls while transferFrom is in progress: wait until it has returned");
		}
	}

	/** Changes nothing yet, so that options which do not fit do no harm. */
	private TlsTransport secure(Transport transport) throws SSLException {
		try {
			return isServer() ? TlsTransport.server(this.options, transport.protocol(), report()) : client(transport);
		}
		catch (IllegalArgumentException ex) {
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			// Whatever gives the context is somebody else's.
			throw new SSLException("There is no context for the TLS handshake: " + ex, ex);
		}
	}

	private boolean isServer() {
		return this.connection.serverName() != null;
	}

	private void refuseAtTheEnd(Transport transport) {
		ConnectionLostException ended = new ConnectionLostException(
				"startTls on a connection that is closing, or whose peer has ended its side");
		this.connection.upgradeFailed(ended);
		if (!transport.isClosing()) {
			transport.abort(ended);
		}
		this.outcome.completeExceptionally(FreshFailure.of(ended));
	}

	/**
	 * Once an upgrade has failed, nothing is read any more. The reader knows before the
	 * caller does, who may read at once.
	 */
	private void fail(IOException cause) {
		this.connection.upgradeFailed(cause);
		this.outcome.completeExceptionally(FreshFailure.of(cause));
	}

	private void abort(Transport transport, IOException cause) {
		this.connection.upgradeFailed(cause);
		transport.abort(cause);
		this.outcome.completeExceptionally(FreshFailure.of(cause));
	}

	private void begin(Transport transport, TlsTransport secured, byte[] readAhead) {
		if (!isServer() && readAhead.length > 0) {
			abort(transport,
					new SSLException("The server sent " + readAhead.length
							+ " bytes in plain ahead of the TLS handshake; they could have come from anybody,"
							+ " so the connection was aborted"));
			return;
		}
		secured.placeOver(transport);
		this.connection.replaceTransport(secured);
		secured.handshake().whenComplete((done, failure) -> {
			if (failure == null) {
				this.outcome.complete(null);
			}
			else {
				fail((failure instanceof IOException cause) ? cause
						: new SSLException("The TLS handshake failed", failure));
			}
		});
		secured.upgrade(ByteBuffer.wrap(readAhead));
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
