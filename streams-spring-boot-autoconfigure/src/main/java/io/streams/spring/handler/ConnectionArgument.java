package io.streams.spring.handler;

import java.util.Arrays;

import javax.net.ssl.SSLSession;

import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.transport.TransportInfo;
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

	},

	SSL_SESSION(SSLSession.class) {

		@Override
		Object resolve(StreamReader reader, StreamWriter writer) {
			SSLSession session = writer.connection().info().get(TransportInfo.TLS_SESSION);
			if (session == null) {
				throw new IllegalStateException("The connection speaks no TLS, so there is no SSLSession: set "
						+ "streams.servers." + writer.connection().serverName() + ".ssl.bundle");
			}
			return session;
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
