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

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A selector. Each key is attached to its socket.
 */
final class SelectorPoller implements Poller {

	private static final Logger logger = LoggerFactory.getLogger(SelectorPoller.class);

	/** Written by the event loop. */
	private volatile Selector selector;

	/** Event loop only: whether a thread may be within a select that waits. */
	private boolean waiting;

	/** Event loop only: whether a virtual thread has waited in a select. */
	private boolean awaited;

	/** Event loop only: takes the sockets of the other one, while they move. */
	private @Nullable Selector successor;

	SelectorPoller(Selector selector) {
		this.selector = selector;
	}

	Selector selector() {
		return this.selector;
	}

	@Override
	public void poll(Consumer<PolledSocket> ready) throws IOException {
		this.waiting = false;
		this.selector.selectNow((key) -> ready.accept((PolledSocket) key.attachment()));
	}

	@Override
	public void await(long nanos, Consumer<PolledSocket> ready) throws IOException {
		// Rounded up: to wake a little late once beats waking early several times.
		long millis = (nanos < 0) ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
		this.waiting = true;
		this.selector.select((key) -> ready.accept((PolledSocket) key.attachment()), millis);
		if (!this.awaited && Thread.currentThread().isVirtual()) {
			this.awaited = true;
			MasterPoller.find();
		}
	}

	@Override
	public void wakeUp() {
		this.selector.wakeup();
	}

	/**
	 * A select that does not return holds the selector's locks: then the sockets move to
	 * another selector. After a failure the next call goes on.
	 */
	@Override
	public void threadReplaced() throws IOException {
		if (!this.waiting) {
			return;
		}
		Selector former = this.selector;
		Selector selector = this.successor;
		if (selector == null) {
			selector = Selector.open();
			this.successor = selector;
		}
		for (SelectionKey key : former.keys()) {
			((NioSocket) key.attachment()).move(selector);
		}
		// Waits until the former thread has left the select, if it ever does.
		Thread.ofVirtual().name("streams-selector-close").start(() -> close(former));
		this.selector = selector;
		this.successor = null;
		this.waiting = false;
	}

	private static void close(Selector selector) {
		try {
			selector.close();
		}
		catch (IOException ex) {
			logger.debug("A selector that is no longer used did not close", ex);
		}
	}

	@Override
	public boolean isBroken() {
		return MasterPoller.hasEnded();
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
