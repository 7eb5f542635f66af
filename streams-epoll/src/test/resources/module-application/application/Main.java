package application;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

import io.streams.ConnectOptions;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.loop.LoopOptions;
import io.streams.transport.TransportFactory;

/**
 * Echoes a line over TCP and prints the reply and the package of the sockets.
 */
public final class Main {

	private Main() {
	}

	public static void main(String[] args) throws Exception {
		String host = InetAddress.getLoopbackAddress().getHostAddress();
		try (TransportFactory transports = Streams.newTransports(LoopOptions.DEFAULT);
				StreamServer server = Streams.startServer((reader, writer) -> {
					writer.write(reader.readLine());
					writer.drain();
				}, host, 0, ServerOptions.builder().transports(transports).build());
				StreamConnection client = Streams.openConnection(host, server.port(),
						ConnectOptions.builder().transports(transports).build())) {
			client.writer().write("hello\n", StandardCharsets.UTF_8);
			System.out.print("reply " + client.reader().readLine(StandardCharsets.UTF_8));
			System.out.println("sockets " + transports.getClass().getPackageName());
		}
	}

}
