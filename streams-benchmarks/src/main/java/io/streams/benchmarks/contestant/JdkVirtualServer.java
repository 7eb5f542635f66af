package io.streams.benchmarks.contestant;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;

/**
 * What the JDK gives without a library: blocking sockets, a virtual thread for each.
 */
final class JdkVirtualServer implements ContestantServer {

	@Override
	public int start(Service service, int loops) throws IOException {
		ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(HOST, 0), BACKLOG);
		Thread.ofPlatform().name("accept").start(() -> accept(server, service));
		return ((InetSocketAddress) server.getLocalAddress()).getPort();
	}

	private static void accept(ServerSocketChannel server, Service service) {
		try {
			while (true) {
				SocketChannel channel = server.accept();
				Thread.ofVirtual().start(() -> serve(channel, service));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void serve(SocketChannel channel, Service service) {
		try (Socket socket = channel.socket()) {
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			InputStream input = socket.getInputStream();
			OutputStream output = socket.getOutputStream();
			switch (service) {
				case ECHO -> echo(new BufferedInputStream(input), output);
				case SEND -> send(output);
				case RECEIVE -> receive(input, output);
				case ECHO_TLS, RESP -> throw new UnsupportedOperationException();
			}
		}
		catch (IOException ex) {
			// The client is gone.
		}
	}

	private static void echo(InputStream input, OutputStream output) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next; (next = input.read()) >= 0;) {
			line.write(next);
			if (next == '\n') {
				line.writeTo(output);
				line.reset();
			}
		}
	}

	private static void send(OutputStream output) throws IOException {
		byte[] chunk = Chunk.bytes();
		while (true) {
			output.write(chunk);
		}
	}

	private static void receive(InputStream input, OutputStream output) throws IOException {
		byte[] buffer = new byte[Chunk.SIZE];
		Acknowledgements acknowledgements = new Acknowledgements();
		for (int n; (n = input.read(buffer)) >= 0;) {
			if (acknowledgements.isDueAfter(n)) {
				output.write(Acknowledgements.ACKNOWLEDGEMENT);
			}
		}
	}

}
