package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.socket.ListenSocket;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.socket.StreamSocket;
import io.streams.transport.ServerTransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * Listens on a name. A client is connected once it is in the backlog. One that finds the
 * backlog full waits until there is room.
 */
final class MemoryListenSocket extends MemorySocket implements ListenSocket {

	private final MemorySockets network;

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: the own ends of clients that are not accepted yet. */
	private final Queue<MemoryStreamSocket> backlog = new ArrayDeque<>();

	/** Guarded by {@link #lock}: clients that found the backlog full. */
	private final Queue<MemoryStreamSocket> waiting = new ArrayDeque<>();

	/** Guarded by {@link #lock}. */
	private boolean released;

	/** Written once, before the network has the name; so is {@link #room}. */
	private @Nullable MemoryAddress address;

	/** The maximum of clients in the backlog. */
	private int room;

	MemoryListenSocket(MemorySockets network) {
		this.network = network;
	}

	@Override
	public void bind(SocketAddress address, ServerTransportOptions settings) throws IOException {
		MemoryAddress named = this.network.serverAddress((MemoryAddress) address);
		this.address = named;
		this.room = settings.backlog();
		if (!this.network.bind(named, this)) {
			this.address = null;
			throw new SocketErrorException(SocketError.ADDRESS_IN_USE, "Address already in use", null);
		}
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return this.address;
	}

	@Override
	int ready() {
		this.lock.lock();
		try {
			return this.backlog.isEmpty() ? 0 : ACCEPT;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A client wants to connect. Any thread.
	 * @return whether it is connected; if not, it waits
	 * @throws IOException if the listener is closed
	 */
	boolean offer(MemoryStreamSocket client) throws IOException {
		boolean connected;
		this.lock.lock();
		try {
			if (this.released) {
				throw new SocketErrorException(SocketError.CONNECTION_REFUSED, "Connection refused", null);
			}
			connected = this.waiting.isEmpty() && this.backlog.size() < this.room;
			if (connected) {
				establish(client);
			}
			else {
				this.waiting.add(client);
			}
		}
		finally {
			this.lock.unlock();
		}
		changed();
		return connected;
	}

	@Override
	public @Nullable StreamSocket accept() throws IOException {
		List<MemoryStreamSocket> connected;
		MemoryStreamSocket accepted;
		this.lock.lock();
		try {
			if (this.backlog.isEmpty()) {
				return null;
			}
			this.network.refuseAcceptIfPlanned();
			accepted = this.backlog.remove();
			connected = connectWaiting();
		}
		finally {
			this.lock.unlock();
		}
		connected.forEach(MemorySocket::changed);
		return accepted;
	}

	/** Takes a client out of the queue. Any thread. */
	void withdraw(MemoryStreamSocket client) {
		this.lock.lock();
		try {
			this.waiting.remove(client);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Drops an end from the backlog, because its client has reset the connection. */
	void discard(MemoryStreamSocket own) {
		List<MemoryStreamSocket> connected;
		this.lock.lock();
		try {
			if (!this.backlog.remove(own)) {
				return;
			}
			connected = connectWaiting();
		}
		finally {
			this.lock.unlock();
		}
		own.close();
		connected.forEach(MemorySocket::changed);
		changed();
	}

	@Override
	void release() {
		List<MemoryStreamSocket> left;
		List<MemoryStreamSocket> refused;
		this.lock.lock();
		try {
			this.released = true;
			left = List.copyOf(this.backlog);
			refused = List.copyOf(this.waiting);
			this.backlog.clear();
			this.waiting.clear();
		}
		finally {
			this.lock.unlock();
		}
		if (this.address != null) {
			this.network.unbind(this.address, this);
		}
		for (MemoryStreamSocket end : left) {
			end.resetOnClose();
			end.close();
		}
		refused.forEach(MemoryStreamSocket::refuse);
	}

	/** Call with {@link #lock} held; the caller then notifies the returned clients. */
	private List<MemoryStreamSocket> connectWaiting() {
		List<MemoryStreamSocket> connected = new ArrayList<>();
		while (this.backlog.size() < this.room && !this.waiting.isEmpty()) {
			MemoryStreamSocket client = this.waiting.remove();
			establish(client);
			connected.add(client);
		}
		return connected;
	}

	/** Call with {@link #lock} held. */
	private void establish(MemoryStreamSocket client) {
		this.backlog.add(this.network.connectedEnd(client));
	}

}
