package io.streams.loop;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import io.streams.socket.ListenSocket;
import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;

/**
 * Sockets for loops that have none, or whose test brings its own.
 */
class NoSockets implements SocketSystem {

	@Override
	public Poller openPoller() {
		return new NothingReady();
	}

	@Override
	public StreamSocket open(SocketAddress address) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ListenSocket openListener(SocketAddress address) {
		throw new UnsupportedOperationException();
	}

	/** A poller of no sockets. */
	static class NothingReady implements Poller {

		@Override
		public void poll(Consumer<PolledSocket> ready) throws IOException {
		}

		@Override
		public void await(long nanos, Consumer<PolledSocket> ready) {
		}

		@Override
		public void wakeUp() {
		}

		@Override
		public Collection<ReadyHandler> handlers() {
			return List.of();
		}

		@Override
		public void close() {
		}

	}

}
