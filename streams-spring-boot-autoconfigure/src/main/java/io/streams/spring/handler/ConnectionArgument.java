package io.streams.spring.handler;

import java.util.Arrays;

import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * What a handler method can ask for.
 */
enum ConnectionArgument {

	READER(StreamReader.class) {

		@Override
		Object resolve(StreamReader reader, StreamWriter writer) {
			return reader;
		}

	},

	WRITER(StreamWriter.class) {

		@Override
		Object resolve(StreamReader reader, StreamWriter writer) {
			return writer;
		}

	},

	CONNECTION(StreamConnection.class) {

		@Override
		Object resolve(StreamReader reader, StreamWriter writer) {
			return writer.connection();
		}

	};

	private final Class<?> type;

	ConnectionArgument(Class<?> type) {
		this.type = type;
	}

	abstract Object resolve(StreamReader reader, StreamWriter writer);

	static @Nullable ConnectionArgument forType(Class<?> type) {
		return Arrays.stream(values()).filter((argument) -> argument.type == type).findFirst().orElse(null);
	}

}
