package io.streams.asyncio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Answers each connection's request with a page and closes. It is made of the JDK's
 * blocking channels alone, so that what is tested does not test itself.
 */
final class TestHttpServer implements AutoCloseable {

	static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

	static final byte[] STATUS_LINE = "HTTP/1.0 200 OK\r\n".getBytes(StandardCharsets.ISO_8859_1);

	static final String END = "\r\n\r\nTest message";

	private static final byte[] REPLY = ("HTTP/1.0 200 OK\r\nContent-Type: text/plain" + END)
		.getBytes(StandardCharsets.ISO_8859_1);

	private final ServerSocketChannel channel;

	private TestHttpServer(StandardProtocolFamily family, SocketAddress address) throws IOException {
		this.channel = ServerSocketChannel.open(family);
		this.channel.bind(address);
		Thread.ofVirtual().name("http").start(this::serve);
	}

	static TestHttpServer onTcp() throws IOException {
		return new TestHttpServer(StandardProtocolFamily.INET,
				new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	static TestHttpServer onUnix(Path path) throws IOException {
		return new TestHttpServer(StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(path));
	}

	int port() throws IOException {
		return ((InetSocketAddress) this.channel.getLocalAddress()).getPort();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	private void serve() {
		try {
			while (true) {
				SocketChannel client = this.channel.accept();
				Thread.ofVirtual().name("http-client").start(() -> answer(client));
			}
		}
		catch (IOException ex) {
			// Closed: the test is over.
		}
	}

	private static void answer(SocketChannel client) {
		try (client) {
			ByteBuffer request = ByteBuffer.allocate(REQUEST.length);
			while (request.hasRemaining()) {
				if (client.read(request) < 0) {
					return;
				}
			}
			client.write(ByteBuffer.wrap(REPLY));
		}
		catch (IOException ex) {
			// A client may go as it likes.
		}
	}

}
