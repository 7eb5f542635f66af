package io.streams;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ways to use streams that work until the day they do not. Each is reported once for each
 * server, with the place in the documentation that says what to do.
 */
enum Misuse {

	/** Bytes pile up because their writer never waits for the peer. */
	WRITE_WITHOUT_DRAIN("The handler goes on writing while the peer takes nothing, and what it writes piles up: call"
			+ " drain() after write()", "drain"),

	/** A line was longer than the limit, and the handler did not expect it. */
	LIMIT_OVERRUN("A peer sent a line that is longer than the limit, and the handler does not deal with it: raise the"
			+ " limit (ServerOptions.limit, or the property streams.servers.<name>.limit), or catch"
			+ " LimitOverrunException", "limit"),

	/** Two threads read one connection. */
	SECOND_READER("A second read began while one was waiting: one thread, or one chain of futures, reads a connection",
			"one-reader");

	private static final Logger logger = LoggerFactory.getLogger(Misuse.class);

	private static final String CLIENT = "a client";

	private final String text;

	private final String anchor;

	/** Names of servers, which come from the configuration. */
	@SuppressWarnings("ImmutableEnumChecker")
	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	Misuse(String text, String anchor) {
		this.text = text;
		this.anchor = anchor;
	}

	/**
	 * Reports it, once for each server.
	 * @param server the name of the server, or {@code null} for clients
	 */
	void report(@Nullable String server) {
		String place = (server != null) ? server : CLIENT;
		if (this.reported.add(place)) {
			String what = (server != null) ? this.text.replace("<name>", server) : this.text;
			logger.warn("{}: {}. See docs/flow-control.md#{}. Reported once.", place, what, this.anchor);
		}
	}

	String anchor() {
		return this.anchor;
	}

}
