package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The other end of a TLS connection under test: the JDK's blocking socket, with nothing
 * of this library in it, over a plain socket that can be mistreated.
 *
 * @param plain the socket below
 * @param tls the socket above
 */
record TlsPeer(Socket plain, SSLSocket tls) implements AutoCloseable {

	private static final int TIMEOUT = 10_000;

	static TlsPeer connect(StreamServer server, SSLContext context, String version) throws IOException {
		return connect(server, context, version, (socket) -> {
		});
	}

	/** Connects and agrees with the server. */
	static TlsPeer connect(StreamServer server, SSLContext context, String version, Consumer<SSLSocket> settings)
			throws IOException {
		Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
		try {
			return over(plain, context, version, settings);
		}
		catch (IOException ex) {
			plain.close();
			throw ex;
		}
	}

	static TlsPeer over(Socket plain, SSLContext context, String version, Consumer<SSLSocket> settings)
			throws IOException {
		plain.setSoTimeout(TIMEOUT);
		SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
		tls.setEnabledProtocols(new String[] { version });
		settings.accept(tls);
		tls.startHandshake();
		return new TlsPeer(plain, tls);
	}

	void send(String text) throws IOException {
		this.tls.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.tls.getOutputStream().flush();
	}

	/** The next line without its end, or what there was at the end. */
	String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b; (b = this.tls.getInputStream().read()) >= 0 && b != '\n';) {
			line.write(b);
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	String readToEnd() throws IOException {
		return new String(this.tls.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	/** Closes the socket below with a reset. */
	void reset() throws IOException {
		this.plain.setSoLinger(true, 0);
		this.plain.close();
	}

	@Override
	public void close() throws IOException {
		this.plain.close();
	}

}
