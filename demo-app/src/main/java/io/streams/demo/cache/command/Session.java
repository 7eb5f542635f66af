package io.streams.demo.cache.command;

import java.net.SocketAddress;

import io.streams.demo.cache.store.Keyspace;

import org.jspecify.annotations.Nullable;

/**
 * One client's connection to the cache. Changed by that connection's thread alone; other
 * sessions may look at it.
 */
public final class Session implements AutoCloseable {

	private final Cache cache;

	private final long id;

	private final @Nullable SocketAddress address;

	private final long openedAt;

	private volatile String name = "";

	private volatile String lastCommand = "";

	private volatile long commands;

	private boolean ended;

	Session(Cache cache, long id, @Nullable SocketAddress address) {
		this.cache = cache;
		this.id = id;
		this.address = address;
		this.openedAt = cache.keys().now();
	}

	/**
	 * Whether the client asked to be let go, or must be.
	 * @return {@code true} if no request is to be read any more
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/** Takes the session out of the cache's list. */
	@Override
	public void close() {
		this.cache.close(this);
	}

	void end() {
		this.ended = true;
	}

	/** Counts a command. Only the session's own thread does. */
	@SuppressWarnings("NonAtomicVolatileUpdate")
	void began(String command) {
		this.lastCommand = command;
		this.commands++;
	}

	Cache cache() {
		return this.cache;
	}

	Keyspace keys() {
		return this.cache.keys();
	}

	long id() {
		return this.id;
	}

	String name() {
		return this.name;
	}

	void setName(String name) {
		this.name = name;
	}

	long commands() {
		return this.commands;
	}

	/** The session in a line of {@code CLIENT LIST}. */
	String describe() {
		long age = (this.cache.keys().now() - this.openedAt) / 1000;
		String peer = (this.address != null) ? this.address.toString().replaceFirst("^[^/]*/", "") : "";
		return "id=" + this.id + " addr=" + peer + " name=" + this.name + " age=" + age + " db=0 cmd="
				+ this.lastCommand + " tot-cmds=" + this.commands + "\n";
	}

}
