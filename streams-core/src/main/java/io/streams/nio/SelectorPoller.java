package io.streams.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

/**
 * A selector. Each key is attached to its socket.
 */
final class SelectorPoller implements Poller {

	private final Selector selector;

	SelectorPoller(Selector selector) {
		this.selector = selector;
	}

	Selector selector() {
		return this.selector;
	}

	@Override
	public void poll(Consumer<PolledSocket> ready) throws IOException {
		this.selector.selectNow((key) -> ready.accept((PolledSocket) key.attachment()));
	}

	@Override
	public void await(long nanos, Consumer<PolledSocket> ready) throws IOException {
		// Rounded up: to wake a little late once beats waking early several times.
		long millis = (nanos < 0) ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
		this.selector.select((key) -> ready.accept((PolledSocket) key.attachment()), millis);
	}

	@Override
	public void wakeUp() {
		this.selector.wakeup();
	}

	@Override
	public Collection<ReadyHandler> handlers() {
		List<ReadyHandler> handlers = new ArrayList<>();
		for (SelectionKey key : this.selector.keys()) {
			handlers.add(((PolledSocket) key.attachment()).handler());
		}
		return handlers;
	}

	@Override
	public void close() throws IOException {
		// Channels that were closed are let go of by a select only.
		this.selector.selectNow((key) -> {
		});
		this.selector.close();
	}

}
