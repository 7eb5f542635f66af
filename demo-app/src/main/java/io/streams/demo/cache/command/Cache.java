package io.streams.demo.cache.command;

import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.streams.demo.cache.store.Keyspace;

import org.jspecify.annotations.Nullable;

/**
 * What all sessions share: the keys, and who is connected.
 */
public final class Cache {

	private final Keyspace keys;

	private final long maxBytes;

	private final int maxStringBytes;

	private final Map<Long, Session> sessions = new ConcurrentHashMap<>();

	private final AtomicLong lastSession = new AtomicLong();

	private final LongAdder commands = new LongAdder();

	/**
	 * Create an empty cache.
	 * @param keys the keys
	 * @param maxBytes what keys and values may cost before commands that add are refused
	 * @param maxStringBytes how long a string may be
	 */
	public Cache(Keyspace keys, long maxBytes, int maxStringBytes) {
		this.keys = keys;
		this.maxBytes = maxBytes;
		this.maxStringBytes = maxStringBytes;
	}

	/**
	 * Lets a client in.
	 * @param address where it connects from, if that has a name
	 * @return its session, to be closed when it goes
	 */
	public Session open(@Nullable SocketAddress address) {
		Session session = new Session(this, this.lastSession.incrementAndGet(), address);
		this.sessions.put(session.id(), session);
		return session;
	}

	void close(Session session) {
		this.commands.add(session.commands());
		this.sessions.remove(session.id());
	}

	Keyspace keys() {
		return this.keys;
	}

	long maxBytes() {
		return this.maxBytes;
	}

	int maxStringBytes() {
		return this.maxStringBytes;
	}

	/** Whether the memory is used up. Call it in a command only. */
	boolean isFull() {
		return this.keys.used() > this.maxBytes;
	}

	List<Session> sessions() {
		return this.sessions.values().stream().sorted(Comparator.comparingLong(Session::id)).toList();
	}

	long connections() {
		return this.lastSession.get();
	}

	long commands() {
		return this.commands.sum() + this.sessions.values().stream().mapToLong(Session::commands).sum();
	}

}
