package io.streams.nio;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Objects;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel with its selection key. Operations are those of {@link SelectionKey}.
 */
abstract class NioSocket implements PolledSocket {

	private static final Logger logger = LoggerFactory.getLogger(NioSocket.class);

	/** Event loop only. */
	private @Nullable SelectionKey key;

	/** Event loop only. */
	private @Nullable ReadyHandler handler;

	abstract SelectableChannel channel();

	@Override
	public void register(Poller poller, int interest, ReadyHandler handler) throws IOException {
		this.handler = handler;
		this.key = channel().register(((SelectorPoller) poller).selector(), interest, this);
	}

	/**
	 * Moves the channel to another selector, with its interest. Event loop only.
	 */
	void move(Selector selector) throws IOException {
		SelectionKey former = this.key;
		if (former != null && former.isValid() && former.selector() != selector) {
			this.key = channel().register(selector, former.interestOps(), this);
			former.cancel();
		}
	}

	@Override
	public void setInterest(int interest) {
		SelectionKey key = this.key;
		if (key != null && key.isValid()) {
			key.interestOps(interest);
		}
	}

	@Override
	public ReadyHandler handler() {
		return Objects.requireNonNull(this.handler, "the socket is not registered");
	}

	@Override
	public void setHandler(ReadyHandler handler) {
		this.handler = handler;
	}

	@Override
	public int readyOperations() {
		SelectionKey key = this.key;
		return (key != null && key.isValid()) ? key.readyOps() : 0;
	}

	@Override
	public boolean isOpen() {
		return channel().isOpen();
	}

	@Override
	public void close() {
		try {
			channel().close();
		}
		catch (IOException ex) {
			logger.debug("Close of {} failed", channel(), ex);
		}
	}

}
