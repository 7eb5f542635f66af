package io.streams.demo.echo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLSession;

import io.streams.LimitOverrunException;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Sends every line back as it came, whatever bytes it is of; the last one need not end.
 */
@Component
class EchoServer {

	private static final Logger logger = LoggerFactory.getLogger(EchoServer.class);

	/** The same over TLS; what the peers agreed on is the session's. */
	@StreamHandler(server = "echo-tls", host = "127.0.0.1", port = "9443")
	void onSecureConnect(StreamReader reader, StreamWriter writer, SSLSession session) throws IOException {
		logger.debug("A client speaks {} with {}", session.getProtocol(), session.getCipherSuite());
		onConnect(reader, writer);
	}

	@StreamHandler(server = "echo", host = "127.0.0.1", port = "9000")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
		try {
			while (reader.awaitInput()) {
				writer.write(reader.readLine());
				writer.drain();
			}
		}
		catch (LimitOverrunException ex) {
			// Where the next line begins is not known: say why, and hang up
			String refusal = "error: a line may be " + reader.limit() + " bytes long\n";
			writer.write(refusal.getBytes(StandardCharsets.US_ASCII));
		}
	}

}
