package io.streams.spring.actuate;

import java.util.function.BiConsumer;

import io.streams.StreamConnection;

/**
 * What an operator can do to a connection, written {@code pause-reading},
 * {@code set-water-marks} and so on in a request.
 */
enum ConnectionAction {

	/** Read the peer no more, whatever the buffer holds. */
	PAUSE_READING((connection, sizes) -> connection.pauseReading()),

	/** Let go of the brake; flow control may still keep the peer paused. */
	RESUME_READING((connection, sizes) -> connection.resumeReading()),

	/** Change the marks of the write buffer. */
	SET_WATER_MARKS((connection,
			sizes) -> connection.writer().transport().setWriteBufferLimits(sizes.waterMarks("set-water-marks"))),

	/** Change the limit of the reader, and with it the marks of the read buffer. */
	SET_LIMIT((connection, sizes) -> sizes.applyLimit("set-limit", connection.reader()::setLimit)),

	/** Send what is queued, and close. */
	CLOSE((connection, sizes) -> connection.closeByOperator()),

	/** Drop what is queued, and reset. */
	ABORT((connection, sizes) -> connection.abortByOperator());

	@SuppressWarnings("ImmutableEnumChecker") // A function without state
	private final BiConsumer<StreamConnection, RequestedSizes> effect;

	ConnectionAction(BiConsumer<StreamConnection, RequestedSizes> effect) {
		this.effect = effect;
	}

	void perform(StreamConnection connection, RequestedSizes sizes) {
		this.effect.accept(connection, sizes);
	}

}
