package io.streams.nio;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;

import io.streams.transport.SocketOptionAccess;

/**
 * A channel's options, and nothing else of it.
 *
 * @param channel the channel
 */
record ChannelOptions(SocketChannel channel) implements SocketOptionAccess {

	@Override
	public <T> T option(SocketOption<T> option) throws IOException {
		return this.channel.getOption(option);
	}

	@Override
	public <T> void setOption(SocketOption<T> option, T value) throws IOException {
		this.channel.setOption(option, value);
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.channel.supportedOptions();
	}

	@Override
	public String toString() {
		return "SocketOptionAccess[" + (this.channel.isOpen() ? "open" : "closed") + "]";
	}

}
