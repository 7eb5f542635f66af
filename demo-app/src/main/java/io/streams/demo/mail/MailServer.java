package io.streams.demo.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import javax.net.ssl.SSLContext;

import io.streams.LimitOverrunException;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportInfo;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;

/**
 * As much of a mail server (RFC 5321) as it takes to show STARTTLS (RFC 3207): it takes
 * no mail, but {@code openssl s_client -starttls smtp} takes it for one.
 */
@Component
class MailServer {

	private final TlsOptions tls;

	MailServer(SslBundles bundles) {
		SSLContext context = bundles.getBundle("demo").createSslContext();
		this.tls = TlsOptions.builder(context).build();
	}

	@StreamHandler(server = "mail", host = "127.0.0.1", port = "9002", limit = "512")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
		reply(writer, "220 streams-demo");
		try {
			converse(reader, writer);
		}
		catch (LimitOverrunException ex) {
			reply(writer, "500 line too long");
		}
	}

	private void converse(StreamReader reader, StreamWriter writer) throws IOException {
		while (true) {
			switch (readCommand(reader)) {
				case "EHLO" ->
					reply(writer, isSecure(writer) ? "250 streams-demo" : "250-streams-demo\r\n250 STARTTLS");
				case "HELO" -> reply(writer, "250 streams-demo");
				case "NOOP" -> reply(writer, isSecure(writer) ? "250 over TLS" : "250 in plain");
				case "STARTTLS" -> startTls(writer);
				case "QUIT" -> {
					reply(writer, "221 bye");
					return;
				}
				default -> reply(writer, isSecure(writer) ? "502 not in this demo" : "530 say STARTTLS first");
			}
		}
	}

	/**
	 * What a client sent ahead of its first TLS record is no command: the upgrade takes
	 * it for TLS, and fails.
	 */
	private void startTls(StreamWriter writer) throws IOException {
		if (isSecure(writer)) {
			reply(writer, "503 already over TLS");
			return;
		}
		reply(writer, "220 go ahead");
		writer.startTls(this.tls);
	}

	private static boolean isSecure(StreamWriter writer) {
		return writer.connection().info().get(TransportInfo.TLS_SESSION) != null;
	}

	/** The next command without its arguments; at the end, that of leaving. */
	private static String readCommand(StreamReader reader) throws IOException {
		if (!reader.awaitInput()) {
			return "QUIT";
		}
		String line = new String(reader.readLine(), StandardCharsets.US_ASCII);
		return line.replaceFirst("\\s.*", " ").toUpperCase(Locale.ROOT).strip();
	}

	private static void reply(StreamWriter writer, String reply) throws IOException {
		writer.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
		writer.drain();
	}

}
