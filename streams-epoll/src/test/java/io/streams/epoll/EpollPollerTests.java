package io.streams.epoll;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;

import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a poller does when the system does not do what it is asked.
 */
@Tag("epoll")
class EpollPollerTests {

	/** Of nothing that is open. */
	private static final int NO_DESCRIPTOR = 99_999;

	private final EpollPoller poller = new EpollPoller();

	private final List<IOException> failures = new ArrayList<>();

	EpollPollerTests() throws IOException {
	}

	/** Or it would be watched by nobody, and closed by nobody. */
	@Test
	void aPollerThatIsClosedTakesNoSocket() {
		this.poller.close();
		Unwatchable socket = new Unwatchable();
		assertThatExceptionOfType(ClosedSelectorException.class)
			.isThrownBy(() -> socket.register(this.poller, PolledSocket.READ, new Failures()));
	}

	/** A user may watch so many sockets and no more, for one. */
	@Test
	void aSocketThatTheSystemDoesNotWatchIsToldAndHarmsNoOther() throws IOException {
		List<PolledSocket> ready = new ArrayList<>();
		new Unwatchable().register(this.poller, PolledSocket.READ, new Failures());
		new Unwatchable().register(this.poller, PolledSocket.READ, new Failures());
		this.poller.poll(ready::add);
		assertThat(this.failures).hasSize(2)
			.allSatisfy((failure) -> assertThat(failure).hasMessageContaining("descriptor"));
		this.poller.wakeUp();
		this.poller.await(-1, ready::add);
		assertThat(this.failures).hasSize(2);
		assertThat(ready).isEmpty();
		this.poller.close();
	}

	private static final class Unwatchable extends EpollSocket {

		Unwatchable() {
			super(NO_DESCRIPTOR);
		}

		@Override
		int operations(int events) {
			return PolledSocket.READ;
		}

	}

	private final class Failures implements ReadyHandler {

		@Override
		public void ready(int operations) {
			throw new AssertionError("it is not watched");
		}

		@Override
		public void loopClosed() {
			throw new AssertionError("the loop goes on");
		}

		@Override
		public void notWatched(IOException cause) {
			EpollPollerTests.this.failures.add(cause);
		}

	}

}
