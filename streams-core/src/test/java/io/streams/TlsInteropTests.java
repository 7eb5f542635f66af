package io.streams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * TLS with others.
 *
 * <table>
 * <caption>Who talks to whom</caption>
 * <tr>
 * <th>peer</th>
 * <th>as our client</th>
 * <th>as our server</th>
 * </tr>
 * <tr>
 * <td>OpenSSL</td>
 * <td>1.2, 1.3, small fragments, key update, renegotiation refused, STARTTLS</td>
 * <td>1.2, 1.3, small fragments</td>
 * </tr>
 * <tr>
 * <td>Python's asyncio</td>
 * <td>1.2, 1.3</td>
 * <td>1.2, 1.3</td>
 * </tr>
 * <tr>
 * <td>GnuTLS</td>
 * <td>1.2, 1.3</td>
 * <td>1.2, 1.3, client certificate, key update, renegotiation refused</td>
 * </tr>
 * <tr>
 * <td>ncat</td>
 * <td>1.3</td>
 * <td>1.2, 1.3</td>
 * </tr>
 * </table>
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class TlsInteropTests {

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		TestIdentity.CA.writePem(this.directory, "ca");
		TestIdentity.SERVER.writePem(this.directory, "server");
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(this.events)
				.tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_2", "-tls1_3" })
	void opensslAsClientWithSmallFragments(String version) throws Exception {
		StreamServer server = this.network.serve(ECHO);
		String line = "x".repeat(20_000) + "\n";
		try (ToolProcess client = openssl(server, version, "-quiet", "-max_send_frag", "512")) {
			client.send(line);
			await().until(() -> client.output().contains(line));
		}
		await().until(() -> this.events.count("closed") == 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "k\n", "K\n" })
	void opensslAsClientWithNewKeys(String command) throws Exception {
		StreamServer server = this.network.serve(ECHO);
		try (ToolProcess client = openssl(server, "-tls1_3")) {
			client.awaitOutput("Verify return code: 0 (ok)");
			client.send("before\n");
			client.awaitOutput("before\n");
			client.send(command);
			client.awaitOutput("KEYUPDATE");
			client.send("after\n");
			client.awaitOutput("after\n");
			client.send("Q\n");
			client.awaitEnd();
		}
	}

	@Test
	void opensslAsClientThatWantsToRenegotiate() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		try (ToolProcess client = openssl(server, "-tls1_2")) {
			client.awaitOutput("Verify return code: 0 (ok)");
			client.send("before\n");
			client.awaitOutput("before\n");
			client.send("R\n");
			client.awaitOutput("RENEGOTIATING");
			client.awaitEnd();
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.TLS_ERROR);
		assertThat(this.events.events("closed").getFirst().cause()).isInstanceOf(SSLException.class);
	}

	@Test
	void opensslAsClientWithStartTls() throws Exception {
		StreamServer server = this.network.with((options) -> options.tls(null)).serve((reader, writer) -> {
			writer.write("220 here\r\n".getBytes(StandardCharsets.US_ASCII));
			reader.readLine();
			writer.write("250-here\r\n250 STARTTLS\r\n".getBytes(StandardCharsets.US_ASCII));
			reader.readLine();
			writer.write("220 go\r\n".getBytes(StandardCharsets.US_ASCII));
			writer.startTls(TlsOptions.builder(TestIdentity.SERVER.context()).build());
			ECHO.handle(reader, writer);
		});
		try (ToolProcess client = openssl(server, "-quiet", "-starttls", "smtp")) {
			client.send("hello\n");
			client.awaitOutput("hello\n");
		}
	}

	@ParameterizedTest
	@CsvSource({ "-tls1_2,16384", "-tls1_3,16384", "-tls1_2,512", "-tls1_3,512" })
	void opensslAsServer(String version, int fragment) throws Exception {
		try (ToolProcess server = ToolProcess.start("openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", version,
				"-max_send_frag", fragment, "-cert", file("server.crt"), "-key", file("server.key"))) {
			int port = portOf(server, "ACCEPT 127\\.0\\.0\\.1:(\\d+)");
			try (StreamConnection client = connect(port)) {
				String line = "ab".repeat(2000);
				client.writer().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
				assertThat(client.reader().readLine()).asString(StandardCharsets.US_ASCII)
					.isEqualTo(new StringBuilder(line).reverse() + "\n");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1_2", "TLSv1_3" })
	void asyncioAsClient(String version) throws Exception {
		StreamServer server = this.network.serve(ECHO);
		String script = """
				import asyncio, ssl, sys
				context = ssl.create_default_context(cafile=sys.argv[2])
				context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[3]]
				if hasattr(ssl, "VERIFY_X509_STRICT"):
				    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
				async def main():
				    reader, writer = await asyncio.open_connection("localhost", int(sys.argv[1]), ssl=context,
				                                                   family=2)
				    for i in range(200):
				        line = b"x" * (i * 97) + b"\\n"
				        writer.write(line)
				        await writer.drain()
				        assert await reader.readexactly(len(line)) == line
				    writer.close()
				    await writer.wait_closed()
				    print("all echoed", writer.get_extra_info("cipher")[1])
				asyncio.run(main())
				""";
		try (ToolProcess client = ToolProcess.start("python3", "-c", script, server.port(), file("ca.crt"), version)) {
			client.awaitOutput("all echoed");
			assertThat(client.awaitEnd()).isZero();
		}
		await().until(() -> this.events.count("closed") == 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1_2", "TLSv1_3" })
	void asyncioAsServer(String version) throws Exception {
		String script = """
				import asyncio, ssl, sys
				context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
				context.load_cert_chain(sys.argv[1], sys.argv[2])
				context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[3]]
				async def handle(reader, writer):
				    while line := await reader.readline():
				        writer.write(line)
				        await writer.drain()
				    writer.close()
				async def main():
				    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
				    print("port", server.sockets[0].getsockname()[1], "", flush=True)
				    await server.serve_forever()
				asyncio.run(main())
				""";
		try (ToolProcess server = ToolProcess.start("python3", "-c", script, file("server.crt"), file("server.key"),
				version)) {
			int port = portOf(server, "port (\\d+) ");
			try (StreamConnection client = connect(port)) {
				for (int i = 0; i < 200; i++) {
					byte[] line = ("x".repeat(i * 97) + "\n").getBytes(StandardCharsets.US_ASCII);
					client.writer().write(line);
					assertThat(client.reader().readLine()).isEqualTo(line);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2", "1.3" })
	void gnutlsAsClient(String version) throws Exception {
		StreamServer server = this.network.serve(ECHO);
		try (ToolProcess client = ToolProcess.start("gnutls-cli", "--x509cafile", file("ca.crt"), "--priority",
				priority(version), "-p", server.port(), "localhost")) {
			client.awaitOutput("Simple Client Mode");
			client.send("hello\n");
			client.awaitOutput("\nhello\n");
			client.endInput();
			client.awaitEnd();
		}
		await().until(() -> this.events.count("closed") == 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2", "1.3" })
	void gnutlsAsServer(String version) throws Exception {
		try (ToolProcess server = gnutlsServer(version); StreamConnection client = connect(server.awaitListening())) {
			for (int i = 0; i < 100; i++) {
				byte[] line = ("x".repeat(i * 97) + "\n").getBytes(StandardCharsets.US_ASCII);
				client.writer().write(line);
				assertThat(client.reader().readExactly(line.length)).isEqualTo(line);
			}
			assertThat(client.info().get(TransportInfo.TLS_SESSION).getProtocol()).isEqualTo("TLSv" + version);
			client.writer().close();
			client.writer().waitClosed();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2", "1.3" })
	void gnutlsAsServerThatNeedsACertificate(String version) throws Exception {
		try (ToolProcess server = gnutlsServer(version, "--require-client-cert", "--verify-client-cert")) {
			int port = server.awaitListening();
			try (StreamConnection client = connect(port, TestIdentity.CLIENT.context())) {
				assertThat(echo(client, "hello\n")).isEqualTo("hello\n");
			}
			assertThatThrownBy(() -> {
				try (StreamConnection stranger = connect(port)) {
					// In TLS 1.3 a client is done before the server has seen that there
					// is no certificate.
					stranger.reader().readLine();
				}
			}).isInstanceOf(SSLException.class);
		}
	}

	/** The server does what a line of data tells it. */
	@Test
	void gnutlsAsServerThatWantsToRenegotiate() throws Exception {
		try (ToolProcess server = gnutlsServer("1.2"); StreamConnection client = connect(server.awaitListening())) {
			assertThat(echo(client, "before\n")).isEqualTo("before\n");
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> echo(client, "**REHANDSHAKE**\n"))
				.withMessageContaining("renegotiation");
			await().until(client::isClosed);
		}
	}

	/** From TLS 1.3 on, the same line makes it change its keys. */
	@Test
	void gnutlsAsServerWithNewKeys() throws Exception {
		try (ToolProcess server = gnutlsServer("1.3"); StreamConnection client = connect(server.awaitListening())) {
			for (int i = 0; i < 3; i++) {
				assertThat(echo(client, "**REHANDSHAKE**\n")).isEqualTo("Successfully executed command\n");
				assertThat(echo(client, "after\n")).isEqualTo("after\n");
			}
		}
	}

	@Test
	void ncatAsClient() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		try (ToolProcess client = ToolProcess.start("ncat", "--ssl-verify", "--ssl-trustfile", file("ca.crt"),
				"--ssl-servername", "localhost", "127.0.0.1", server.port())) {
			client.send("hello\n");
			client.awaitOutput("hello\n");
		}
		await().until(() -> this.events.count("closed") == 1);
	}

	/** It cannot be told a version, but the client can. */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void ncatAsServer(String version) throws Exception {
		try (ToolProcess server = ToolProcess.start("ncat", "--ssl", "--ssl-cert", file("server.crt"), "--ssl-key",
				file("server.key"), "-l", "127.0.0.1", 0);
				StreamConnection client = connect(server.awaitListening(), TestIdentity.trusting(), version)) {
			String line = "there ".repeat(5000) + "\n";
			client.writer().write(line.getBytes(StandardCharsets.US_ASCII));
			await().until(() -> server.output().contains(line));
			server.send("and back\n");
			assertThat(client.reader().readLine()).asString().isEqualTo("and back\n");
			assertThat(client.info().get(TransportInfo.TLS_SESSION).getProtocol()).isEqualTo(version);
			client.writer().close();
			client.writer().waitClosed();
			assertThat(server.awaitEnd()).isZero();
		}
	}

	private ToolProcess gnutlsServer(String version, Object... options) throws IOException {
		List<Object> arguments = new ArrayList<>(
				List.of("--echo", "--port", 0, "--priority", priority(version), "--x509certfile", file("server.crt"),
						"--x509keyfile", file("server.key"), "--x509cafile", file("ca.crt")));
		arguments.addAll(List.of(options));
		return ToolProcess.start("gnutls-serv", arguments.toArray());
	}

	private static String echo(StreamConnection client, String line) throws IOException {
		client.writer().write(line.getBytes(StandardCharsets.US_ASCII));
		return new String(client.reader().readLine(), StandardCharsets.US_ASCII);
	}

	private static String priority(String version) {
		return "NORMAL:-VERS-ALL:+VERS-TLS" + version;
	}

	private ToolProcess openssl(StreamServer server, Object... options) throws IOException {
		List<Object> arguments = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + server.port(),
				"-CAfile", file("ca.crt"), "-verify_return_error", "-verify_hostname", "localhost"));
		arguments.addAll(List.of(options));
		return ToolProcess.start("openssl", arguments.toArray());
	}

	private static StreamConnection connect(int port) throws IOException {
		return connect(port, TestIdentity.trusting());
	}

	private static StreamConnection connect(int port, SSLContext context, String... versions) throws IOException {
		return Streams.openConnection("127.0.0.1", port,
				ConnectOptions.builder()
					.transports(TestNetwork.TRANSPORTS)
					.tls(TlsOptions.builder(context).protocols(List.of(versions)).build())
					.build());
	}

	private static int portOf(ToolProcess server, String pattern) {
		Pattern port = Pattern.compile(pattern);
		await().until(() -> port.matcher(server.output()).find());
		Matcher matcher = port.matcher(server.output());
		assertThat(matcher.find()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	private String file(String name) {
		return this.directory.resolve(name).toString();
	}

}
