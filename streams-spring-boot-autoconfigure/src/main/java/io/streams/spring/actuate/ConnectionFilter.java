package io.streams.spring.actuate;

import java.util.function.Predicate;

import io.streams.ConnectionSnapshot;
import io.streams.transport.TransportState;

/**
 * Which connections to show, written {@code reading-paused}, {@code writing-paused},
 * {@code draining}, {@code held} or {@code closing} in a request.
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

	},

	/** Connections that an operator has stopped the reading of. */
	HELD {

		@Override
		public boolean test(ConnectionSnapshot connection) {
			return connection.heldByOperator();
		}

	},

	/** Connections that still send what is queued, or wait for their peer's end. */
	CLOSING {

		@Override
		public boolean test(ConnectionSnapshot connection) {
			return connection.state() != TransportState.OPEN;
		}

	}

}
