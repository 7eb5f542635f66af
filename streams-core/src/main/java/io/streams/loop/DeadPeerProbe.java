package io.streams.loop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.streams.socket.PolledSocket;

/**
 * Looks twice a second at the connections of an event loop that the system does not
 * watch: reading is paused, and there is nothing to send. Otherwise the end of their peer
 * would not be noticed. Event loop only.
 */
final class DeadPeerProbe {

	/** How often they are looked at. */
	private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * So many of them at a time: a poll tells of a thousand sockets at the most, and
	 * those that could be written to are among them.
	 */
	private static final int SLICE = 256;

	private final EventLoop loop;

	private final Set<SocketEvents> connections = new LinkedHashSet<>();

	private boolean probePlanned;

	DeadPeerProbe(EventLoop loop) {
		this.loop = loop;
	}

	void add(SocketEvents connection) {
		if (this.connections.add(connection) && !this.probePlanned) {
			planProbe();
		}
	}

	void remove(SocketEvents connection) {
		this.connections.remove(connection);
	}

	private void planProbe() {
		this.probePlanned = true;
		this.loop.timers().schedule(this.loop.now() + PROBE_NANOS, (time) -> {
			this.probePlanned = false;
			try {
				probe();
			}
			finally {
				if (!this.connections.isEmpty()) {
					planProbe();
				}
			}
		});
	}

	/**
	 * Finds those whose peer is dead. The system reports an error on a socket to whoever
	 * has any interest in it; an interest in connecting, which cannot come true any more,
	 * gets the error and nothing else.
	 */
	private void probe() {
		List<PolledSocket> dead = new ArrayList<>();
		List<SocketEvents> slice = new ArrayList<>();
		for (Iterator<SocketEvents> rest = List.copyOf(this.connections).iterator(); rest.hasNext();) {
			slice.add(rest.next());
			if (slice.size() == SLICE || !rest.hasNext()) {
				probe(slice, dead);
				slice.clear();
			}
		}
		dead.forEach(this.loop.ready()::dispatch);
	}

	private void probe(List<SocketEvents> slice, List<PolledSocket> dead) {
		List<PolledSocket> others = new ArrayList<>();
		try {
			slice.forEach((connection) -> connection.startProbe());
			this.loop.poller()
				.poll((socket) -> ((socket.readyOperations() == PolledSocket.CONNECT) ? dead : others).add(socket));
		}
		catch (IOException ex) {
			this.loop.survive(ex);
		}
		finally {
			slice.forEach((connection) -> connection.endProbe());
		}
		others.forEach(this.loop.ready()::dispatch);
	}

}
