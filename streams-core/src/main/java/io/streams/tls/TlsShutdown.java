package io.streams.tls;

import java.io.IOException;
import java.time.Duration;

import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.TransportLoop.Cancellable;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * Ends TLS: encrypts what is left, says goodbye, and has the transport below send it all
 * as long as the peer takes it; or, after a failure, tells the peer why.
 */
final class TlsShutdown {

	private final TlsLink link;

	/** Set once closing has begun. */
	private volatile @Nullable Cancellable deadline;

	TlsShutdown(TlsLink link) {
		this.link = link;
	}

	/**
	 * Begins, if TLS is open.
	 * @return {@code false} if there is nothing to end, and the transport below is to be
	 * closed at once
	 */
	boolean begin() {
		this.link.lock().lock();
		try {
			if (this.link.isIn(TlsState.OPEN)) {
				this.link.moveTo(TlsState.FLUSHING);
				this.link.execute(this::shutDown);
				return true;
			}
			return this.link.isIn(TlsState.FLUSHING) || this.link.isIn(TlsState.SHUTDOWN);
		}
		finally {
			this.link.lock().unlock();
		}
	}

	private void shutDown() {
		this.link.lock().lock();
		try {
			if (!this.link.isIn(TlsState.FLUSHING)) {
				return;
			}
			this.link.writeSide().encryptAll();
			this.link.writeSide().sendCloseNotify();
			this.link.moveTo(TlsState.SHUTDOWN);
		}
		catch (IOException ex) {
			this.link.noteFailure(ex);
			this.link.moveTo(TlsState.SHUTDOWN);
		}
		finally {
			this.link.lock().unlock();
		}
		// Its close timeout bounds the rest. A second, shorter one would drop bytes that
		// a slow peer still takes.
		this.link.lower().close();
	}

	/**
	 * Closes without a {@code close_notify}, because bytes that were written cannot be
	 * sent: the peer must not take the earlier ones, which are still sent, for the whole.
	 * Event loop only.
	 */
	void cutOff(IOException cause) {
		this.link.lock().lock();
		try {
			if (this.link.failure() != null || !this.link.state().canMoveTo(TlsState.SHUTDOWN)) {
				return;
			}
			this.link.noteFailure(cause);
			this.link.writeSide().clear();
			this.link.moveTo(TlsState.SHUTDOWN);
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.lower().close();
	}

	/**
	 * Aborts the close after a failure when it makes no progress within the shutdown
	 * timeout.
	 */
	private void watch(long unsentBefore) {
		Duration timeout = this.link.options().shutdownTimeout();
		this.deadline = this.link.lower().loop().executeLater(timeout, () -> timedOut(unsentBefore));
	}

	private void timedOut(long unsentBefore) {
		this.link.lower().lookForRoom();
		long unsent = this.link.writeSide().sizeOfBoth();
		if (this.link.isIn(TlsState.CLOSED) || unsent == 0) {
			// It lingers, which the transport below bounds.
			return;
		}
		if (unsent < unsentBefore) {
			watch(unsent);
		}
		else {
			this.link.transport()
				.abort(new ConnectionTimeoutException(Phase.CLOSE, this.link.options().shutdownTimeout()));
		}
	}

	void failLater(IOException cause) {
		this.link.execute(() -> fail(cause));
	}

	/**
	 * Tells the peer why, as far as TLS can, and closes. A task of the engine keeps the
	 * engine's lock for as long as it runs, which may be for ever, as when it asks a
	 * server for revoked certificates that does not answer: the loop must not wait for
	 * it, and the peer is told nothing then. Event loop only.
	 */
	void fail(IOException reason) {
		if (this.link.failure() != null || this.link.isIn(TlsState.CLOSED)) {
			return;
		}
		TlsTarget target = this.link.target();
		IOException cause = target.named(PrintableFailure.of(reason, target.names()));
		this.link.noteFailure(cause);
		this.link.lock().lock();
		try {
			this.link.writeSide().clear();
			if (this.link.state().canMoveTo(TlsState.SHUTDOWN)) {
				this.link.moveTo(TlsState.SHUTDOWN);
			}
			if (!this.link.handshake().areTasksRunning()) {
				// After an error of its own, the engine's next record is the alert.
				this.link.writeSide().sendCloseNotify();
			}
		}
		catch (IOException | RuntimeException ex) {
			cause.addSuppressed(ex);
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.handshake().failed(cause);
		if (this.link.lower().state() != TransportState.CLOSED) {
			this.link.lower().close();
			watch(this.link.writeSide().sizeOfBoth());
		}
	}

	/**
	 * The protocol above threw where no event of the transport below is to blame, which
	 * would end the connection by itself. Event loop only.
	 */
	void protocolFailed(Throwable ex) {
		IOException cause = new IOException("Fatal error: the protocol failed to take the data it received", ex);
		this.link.noteFailure(cause);
		this.link.lower().abort(cause);
	}

	/** The transport below is gone. Event loop only. */
	void over() {
		Cancellable pending = this.deadline;
		if (pending != null) {
			pending.cancel();
		}
		this.link.writeSide().over();
	}

}
