package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.ModelCheck;
import io.streams.flow.WaterMarks;
import io.streams.socket.PolledSocket;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.require;
import static io.streams.ModelCheck.requireEqual;
import static io.streams.ModelCheck.start;

/**
 * Model checks a connection's states and its write queue between writers, those who close
 * and the event loop, with Lincheck, over a socket that takes a few bytes at a time. A
 * failure shows the switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SocketTransportConcurrencyTests {

	private static final int INVOCATIONS = 100;

	private static final TransportOptions SETTINGS = TransportOptions.DEFAULT.toBuilder()
		.waterMarks(new WaterMarks(1, 4))
		.lingerTimeout(Duration.ZERO)
		.build();

	/** Never started: each scenario plays its part. */
	private static final EventLoop LOOP = loop();

	@Test
	void theBytesOfOneWriteStayTogetherAndNoneIsLost() {
		ModelCheck.explore("two writers and the loop", INVOCATIONS, () -> {
			Connection connection = new Connection();
			Thread other = start(() -> connection.write(2));
			Thread loop = start(() -> connection.takeSome(4));
			connection.write(1);
			join(other, loop);
			connection.takeSome(100);
			String sent = connection.socket.taken.toString();
			require(sent.equals("111222") || sent.equals("222111"), "the writes are whole, but came as " + sent);
			requireEqual(connection.transport.writeBufferSize(), 0, "queued bytes");
			requireEqual(connection.protocol.paused.get(), 0, "pauses");
		});
	}

	@Test
	void aCloseSendsWholeWritesOrNothingAndEndsOnce() {
		ModelCheck.explore("writer, closer and the loop", INVOCATIONS, () -> {
			Connection connection = new Connection();
			Thread closer = start(connection.transport::close);
			Thread loop = start(() -> connection.takeSome(2));
			connection.write(1);
			join(closer, loop);
			connection.takeSome(100);
			connection.takeSome(100);
			String sent = connection.socket.taken.toString();
			require(sent.equals("111") || sent.isEmpty(), "a write is sent whole or not at all, but sent was " + sent);
			requireEqual(connection.protocol.lost.get(), 1, "calls of connectionLost");
			require(connection.transport.state() == TransportState.CLOSED, "the connection is closed");
		});
	}

	@Test
	void whatIsQueuedWhileItClosesIsSent() {
		ModelCheck.explore("writer and the loop that closes", 10 * INVOCATIONS, () -> {
			Connection connection = new Connection();
			connection.transport.close();
			Thread loop = start(() -> connection.takeSome(100));
			connection.transport.write(new byte[] { 1, 1, 1 }, 0, 3);
			boolean queued = connection.transport.writeBufferSize() > 0;
			join(loop);
			connection.takeSome(100);
			connection.takeSome(100);
			String sent = connection.socket.taken.toString();
			require(!queued || sent.equals("111"), "what was queued is sent, but sent was '" + sent + "'");
			requireEqual(connection.protocol.lost.get(), 1, "calls of connectionLost");
		});
	}

	@Test
	void anAbortEndsOnceWhoeverElseIsAtWork() {
		ModelCheck.explore("writer, closer, aborter and the loop", INVOCATIONS, () -> {
			Connection connection = new Connection();
			Thread closer = start(() -> {
				connection.transport.close();
				connection.transport.abort();
			});
			Thread loop = start(() -> connection.takeSome(2));
			connection.write(1);
			join(closer, loop);
			connection.takeSome(100);
			requireEqual(connection.protocol.lost.get(), 1, "calls of connectionLost");
			requireEqual(connection.transport.writeBufferSize(), 0, "queued bytes");
			require(connection.transport.state() == TransportState.CLOSED, "the connection is closed");
		});
	}

	/** Or it would take the part for the whole. */
	@Test
	void aPeerThatDoesNotGetAllGetsAReset() {
		ModelCheck.explore("aborter and the loop that closes", INVOCATIONS, () -> {
			Connection connection = new Connection();
			connection.write(1);
			connection.transport.close();
			Thread aborter = start(connection.transport::abort);
			connection.takeSome(2);
			join(aborter);
			connection.takeSome(100);
			String sent = connection.socket.taken.toString();
			require(sent.equals("111") || connection.socket.reset, "sent was '" + sent + "' and then the end");
			requireEqual(connection.protocol.lost.get(), 1, "calls of connectionLost");
		});
	}

	private static EventLoop loop() {
		try {
			return new EventLoop(null, "model", LoopThreads.PLATFORM, new NoSockets());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A transport over a socket with little room, and what its protocol hears. */
	private static final class Connection {

		private final SlowSocket socket = new SlowSocket();

		private final Counts protocol = new Counts();

		@SuppressWarnings("NullAway")
		private final SocketTransport transport = new SocketTransport(LOOP, this.socket, null, SETTINGS, this.protocol);

		void write(int value) {
			this.transport.write(new byte[] { (byte) value, (byte) value, (byte) value }, 0, 3);
			this.transport.flush();
		}

		/** What the event loop does when the socket has room again. */
		void takeSome(int room) {
			this.socket.room.addAndGet(room);
			this.transport.events().ready(PolledSocket.WRITE);
		}

	}

	/** Counts what must happen once, or alternate. */
	private static final class Counts implements Protocol {

		private final AtomicInteger paused = new AtomicInteger();

		private final AtomicInteger lost = new AtomicInteger();

		@Override
		public void connectionMade(Transport transport) {
		}

		@Override
		public void dataReceived(ByteBuffer data) {
		}

		@Override
		public boolean eofReceived() {
			return true;
		}

		@Override
		public void pauseWriting() {
			requireEqual(this.paused.incrementAndGet(), 1, "pauses");
		}

		@Override
		public void resumeWriting() {
			requireEqual(this.paused.decrementAndGet(), 0, "pauses");
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
			this.lost.incrementAndGet();
		}

	}

}
