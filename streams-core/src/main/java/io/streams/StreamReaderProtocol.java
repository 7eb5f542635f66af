package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;

import io.streams.transport.ConnectionClosedException;
import io.streams.transport.MemoryExceededException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Ties a transport to a reader and a writer.
 * <p>
 * asyncio counterpart: {@code asyncio.StreamReaderProtocol}.
 *
 * @since 0.1
 */
public final class StreamReaderProtocol implements Protocol {

	private final ConnectionContext owner;

	private final StreamReader reader;

	/**
	 * Written by the event loop in {@link #connectionMade}; later reads by any thread.
	 */
	private volatile @Nullable ConnectionCore core;

	/**
	 * Create a protocol for a connection outside of any server.
	 * @param reader the reader to feed
	 * @param listener hears what happens
	 * @param connected called on the event loop when the connection stands; asyncio's
	 * {@code client_connected_cb}
	 */
	public StreamReaderProtocol(StreamReader reader, StreamListener listener, Consumer<StreamConnection> connected) {
		this(new Opener(SafeListener.of(listener), connected), reader);
	}

	StreamReaderProtocol(ConnectionContext owner, StreamReader reader) {
		this.owner = owner;
		this.reader = reader;
	}

	@Override
	public void connectionMade(Transport transport) {
		ConnectionCore core = new ConnectionCore(this.owner, transport, this.reader);
		this.reader.side().setTransport(transport);
		this.reader.side().setListener(core);
		this.core = core;
		core.listener().opened(core.view());
		try {
			this.owner.opened(core.view());
		}
		catch (RuntimeException | Error ex) {
			IOException cause = new IOException("The connection could not be handed to its handler", ex);
			this.reader.side().fail(cause);
			core.connectionLost(CloseReason.HANDLER_FAILED, cause);
			throw ex;
		}
	}

	@Override
	public void dataReceived(ByteBuffer data) {
		core().bytesReceived(data.remaining());
		this.reader.side().feed(data);
	}

	@Override
	public boolean eofReceived() {
		this.reader.side().end();
		return true;
	}

	@Override
	public void pauseWriting() {
		core().flow().pauseWriting();
		core().writingPaused();
	}

	@Override
	public void resumeWriting() {
		core().flow().resumeWriting();
		core().writingResumed();
	}

	@Override
	public void bytesSent(long count) {
		core().bytesSent(count);
	}

	@Override
	public long bufferedBytes() {
		return this.reader.side().unreadBytes();
	}

	@Override
	public void lingering() {
		this.reader.side().closedLocally();
	}

	@Override
	public void connectionLost(@Nullable IOException cause) {
		ConnectionCore core = core();
		boolean paused = core.flow().isPaused();
		// Before anybody is woken, whose end would look like the reason.
		CloseReason reason = core.reasonFor(cause);
		try {
			if (cause instanceof MemoryExceededException) {
				// The memory of received bytes has to be free, so the reader loses them.
				this.reader.side().invalidate(cause);
			}
			else if (cause != null) {
				this.reader.side().fail(cause);
			}
			else {
				this.reader.side().closedLocally();
			}
			core.flow().connectionLost(lossForDrains(cause, paused));
			if (paused) {
				core.writingResumed();
			}
			this.reader.side().endPause();
			core.connectionLost(reason, cause);
		}
		finally {
			this.owner.gone(core.view());
		}
	}

	/**
	 * Returns the error for drains that still wait. A clean end sends everything, and so
	 * resumes writing first: if writing is paused, the local side dropped queued bytes.
	 */
	private static @Nullable IOException lossForDrains(@Nullable IOException cause, boolean paused) {
		return (cause == null && paused)
				? new ConnectionClosedException(
						"Connection lost: the local side aborted the connection and dropped the bytes that were queued")
				: cause;
	}

	/**
	 * The connection that this protocol serves.
	 * @return the connection
	 * @throws IllegalStateException before {@link #connectionMade}
	 */
	public StreamConnection connection() {
		return core().view();
	}

	ConnectionCore core() {
		ConnectionCore core = this.core;
		if (core == null) {
			throw new IllegalStateException(
					"there is no connection before connectionMade: ask when the transport has called it");
		}
		return core;
	}

	StreamListener listener() {
		return this.owner.listener();
	}

	/**
	 * Whoever opened a connection.
	 *
	 * @param listener hears what happens to it
	 * @param connected is called when it stands
	 */
	private record Opener(StreamListener listener, Consumer<StreamConnection> connected) implements ConnectionContext {

		Opener {
			Objects.requireNonNull(connected, "connected is null: give what is called when the connection stands");
		}

		@Override
		public void opened(StreamConnection connection) {
			this.connected.accept(connection);
		}

	}

}
