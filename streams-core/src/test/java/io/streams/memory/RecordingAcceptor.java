package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.streams.transport.Acceptor;
import io.streams.transport.Protocol;

import org.jspecify.annotations.Nullable;

/**
 * Accepts as long as there is room, and notes whom.
 */
final class RecordingAcceptor implements Acceptor {

	final List<RecordingProtocol> protocols = new CopyOnWriteArrayList<>();

	final List<SocketAddress> clients = new CopyOnWriteArrayList<>();

	final List<Throwable> setupFailures = new CopyOnWriteArrayList<>();

	final List<IOException> acceptFailures = new CopyOnWriteArrayList<>();

	/** How many may be accepted. */
	volatile int room = Integer.MAX_VALUE;

	/** What the next client gets. */
	volatile Supplier<@Nullable Protocol> protocol = () -> {
		RecordingProtocol protocol = new RecordingProtocol();
		this.protocols.add(protocol);
		return protocol;
	};

	@Override
	public boolean mayAccept() {
		return this.clients.size() < this.room;
	}

	@Override
	public @Nullable Protocol accepted(@Nullable SocketAddress remoteAddress) {
		this.clients.add(remoteAddress);
		return this.protocol.get();
	}

	@Override
	public void acceptFailed(IOException cause, Duration pause) {
		this.acceptFailures.add(cause);
	}

	@Override
	public void setupFailed(@Nullable SocketAddress remoteAddress, @Nullable Protocol protocol, Throwable cause) {
		this.setupFailures.add(cause);
	}

}
