package io.streams.demo.mail;

import java.io.IOException;
import java.time.Duration;

import io.streams.ConnectOptions;
import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.demo.DemoTest;
import io.streams.demo.ExternalTool;
import io.streams.spring.server.StreamServers;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.SslBundles;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link MailServer}, and for the echo server that speaks TLS.
 */
@DemoTest
class MailServerTests {

	@Autowired
	private StreamServers servers;

	private TlsOptions tls;

	@BeforeEach
	void trustTheDemo(@Autowired SslBundles bundles) {
		this.tls = TlsOptions.builder(bundles.getBundle("demo").createSslContext()).serverHostname("localhost").build();
	}

	@Test
	void beginsTlsInTheMiddle() throws IOException {
		try (StreamConnection client = connect()) {
			assertThat(readLine(client)).isEqualTo("220 streams-demo");
			assertThat(ask(client, "EHLO me")).isEqualTo("250-streams-demo");
			assertThat(readLine(client)).isEqualTo("250 STARTTLS");
			assertThat(ask(client, "noop")).isEqualTo("250 in plain");
			assertThat(ask(client, "MAIL FROM:<me>")).startsWith("530 ");
			assertThat(ask(client, "STARTTLS")).startsWith("220 ");
			client.writer().startTls(this.tls);
			assertThat(ask(client, "NOOP")).isEqualTo("250 over TLS");
			assertThat(ask(client, "EHLO me")).isEqualTo("250 streams-demo");
			assertThat(ask(client, "STARTTLS")).startsWith("503 ");
			assertThat(ask(client, "QUIT")).isEqualTo("221 bye");
			assertThat(client.reader().read()).isEmpty();
		}
	}

	@Test
	void aLineThatIsTooLongIsAnswered() throws IOException {
		try (StreamConnection client = connect()) {
			readLine(client);
			client.writer().write("x".repeat(600).getBytes(US_ASCII));
			assertThat(readLine(client)).isEqualTo("500 line too long");
			assertThat(client.reader().read()).isEmpty();
		}
	}

	@Test
	void aCommandAheadOfTheHandshakeIsNeverObeyed() throws IOException {
		try (StreamConnection client = connect()) {
			readLine(client);
			client.writer().write("STARTTLS\r\nNOOP\r\n".getBytes(US_ASCII));
			assertThat(readLine(client)).startsWith("220 ");
			assertThatThrownBy(() -> client.writer().startTls(this.tls)).isInstanceOf(IOException.class);
			assertThatThrownBy(() -> client.reader().readLine()).isInstanceOf(IOException.class);
		}
		catch (IOException ex) {
			// The close tells of the failed handshake too
			assertThat(ex).isNotNull();
		}
	}

	@Test
	void opensslTakesItForAMailServer() {
		String output = ExternalTool.find("openssl")
			.run("", Duration.ofSeconds(60), "s_client", "-starttls", "smtp", "-connect",
					"127.0.0.1:" + this.servers.get("mail").port())
			.output();
		assertThat(output).contains("CN = localhost");
	}

	@Test
	void echoesOverTls() throws IOException {
		ConnectOptions options = ConnectOptions.builder().tls(this.tls).build();
		int port = this.servers.get("echo-tls").port();
		try (StreamConnection client = Streams.openConnection("127.0.0.1", port, options)) {
			client.writer().write("hello\n".getBytes(US_ASCII));
			assertThat(client.reader().readLine()).asString(US_ASCII).isEqualTo("hello\n");
		}
	}

	private StreamConnection connect() throws IOException {
		return Streams.openConnection("127.0.0.1", this.servers.get("mail").port());
	}

	private static String ask(StreamConnection client, String command) throws IOException {
		client.writer().write((command + "\r\n").getBytes(US_ASCII));
		return readLine(client);
	}

	private static String readLine(StreamConnection client) throws IOException {
		return new String(client.reader().readLine(), US_ASCII).strip();
	}

}
