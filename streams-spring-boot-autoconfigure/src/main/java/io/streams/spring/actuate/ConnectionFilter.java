package io.streams.spring.actuate;

import java.util.function.Predicate;

import io.streams.ConnectionSnapshot;

/**
 * Which connections to show, written {@code reading-paused}, {@code writing-paused} or
 * {@code draining} in a request.
 */
public enum ConnectionFilter implements Predicate<ConnectionSnapshot> {

	/** Peers that are not read, because their handler is slower than they are. */
	READING_PAUSED {

		@Override
		public boolean test(ConnectionSnapshot connection) {
			return connection.reading().pauses().paused();
		}

	},

	/** Peers that take too slowly what they are sent. */
	WRITING_PAUSED {

		@Override
		public boolean test(ConnectionSnapshot connection) {
			return connection.writing().pauses().paused();
		}

	},

	/** Connections on which a {@code drain} waits. */
	DRAINING {

		@Override
		public boolean test(ConnectionSnapshot connection) {
			return connection.drainWaiters() > 0;
		}

	}

}
