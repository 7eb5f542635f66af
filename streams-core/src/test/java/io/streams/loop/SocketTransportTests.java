package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamReaderProtocol;
import io.streams.socket.PolledSocket;
import io.streams.transport.TransportOptions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A socket's transport without a network: the test plays the event loop.
 */
class SocketTransportTests {

	private static final int LARGE = 1024 * 1024;

	private final SlowSocket socket = new SlowSocket();

	private SocketTransport transport;

	@BeforeEach
	void open() throws IOException {
		EventLoop loop = new EventLoop(null, "test", LoopThreads.PLATFORM, new NoSockets());
		StreamReaderProtocol protocol = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE,
				(connection) -> {
				});
		this.transport = new SocketTransport(loop, this.socket, null, TransportOptions.DEFAULT, protocol);
		this.transport.open(false);
	}

	/** Not of what went before, which may be long ago. */
	@Test
	void aPeerHasTheWholeStallTimeoutOfWhatIsQueuedForIt() {
		long opened = this.transport.output().lastSent();
		await().until(() -> System.nanoTime() - opened > 1_000_000);
		long queued = System.nanoTime();
		this.transport.write(new byte[100], 0, 100);
		this.transport.flush();
		this.transport.runIteration();
		assertThat(this.transport.output().waitsForRoom()).isTrue();
		assertThat(this.transport.output().stalledSince()).isGreaterThanOrEqualTo(queued);
		long blocked = this.transport.output().stalledSince();
		this.transport.events().retryWrite();
		assertThat(this.transport.output().stalledSince()).as("after a look that found no room").isEqualTo(blocked);
		this.socket.room.set(50);
		this.transport.events().ready(PolledSocket.WRITE);
		assertThat(this.transport.output().stalledSince()).as("after some were taken").isGreaterThan(blocked);
	}

	/** Of what is offered the JDK makes a copy in native memory, and keeps the room. */
	@Test
	void aLargeWriteIsOfferedInSlices() {
		this.socket.room.set(LARGE);
		this.transport.write(ByteBuffer.wrap(new byte[LARGE]));
		assertThat(this.socket.taken).hasSize(LARGE);
		assertThat(this.socket.mostOffered).isEqualTo(128 * 1024);
		assertThat(this.transport.writeBufferSize()).isZero();
	}

	@Test
	void whatDoesNotFitOfALargeWriteIsQueued() {
		this.socket.room.set(300_000);
		ByteBuffer data = ByteBuffer.wrap(new byte[LARGE + 10]).limit(LARGE);
		this.transport.write(data);
		assertThat(data.remaining()).isZero();
		assertThat(data.limit()).isEqualTo(LARGE);
		assertThat(this.socket.taken).hasSize(300_000);
		assertThat(this.transport.writeBufferSize()).isEqualTo(LARGE - 300_000);
	}

	/** Its number may be another one's by then. */
	@Test
	void aSocketIsNotTouchedAfterItsClose() {
		this.transport.writeEof();
		this.transport.abort();
		this.transport.runIteration();
		this.socket.room.set(100);
		this.transport.flush();
		this.transport.events().ready(PolledSocket.WRITE);
		assertThat(this.socket.closed).isTrue();
		assertThat(this.socket.touchedAfterClose).isFalse();
	}

}
