package io.streams.demo.traffic;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import io.streams.ConnectOptions;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.spring.server.StreamServers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Connects to one of the demo's servers and talks to it; connects again when the server
 * goes, after a while that grows.
 */
final class TrafficClient implements Runnable {

	private static final Log logger = LogFactory.getLog(TrafficClient.class);

	private final StreamServers servers;

	private final String server;

	private final ConnectOptions options;

	private final Conversation conversation;

	private final StopSignal stop;

	TrafficClient(StreamServers servers, String server, ConnectOptions options, Conversation conversation,
			StopSignal stop) {
		this.servers = servers;
		this.server = server;
		this.options = options;
		this.conversation = conversation;
		this.stop = stop;
	}

	@Override
	public void run() {
		BackOff backOff = new BackOff();
		try {
			while (!this.stop.isGiven()) {
				visit(backOff);
				this.stop.pause(backOff.next());
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The client of '" + this.server + "' stops");
		}
	}

	private void visit(BackOff backOff) throws InterruptedException {
		try (StreamConnection connection = connect()) {
			backOff.reset();
			this.conversation.hold(connection.reader(), connection.writer(), this.stop);
		}
		catch (IOException ex) {
			logger.debug("The client of '" + this.server + "' lost its connection: " + ex.getMessage());
		}
	}

	private StreamConnection connect() throws IOException {
		StreamServer server = this.servers.find(this.server);
		InetSocketAddress address = ((server != null) ? server.addresses() : List.of()).stream()
			.filter(InetSocketAddress.class::isInstance)
			.map(InetSocketAddress.class::cast)
			.findFirst()
			.orElseThrow(() -> new ConnectException("server '" + this.server + "' does not listen on a port"));
		boolean anywhere = address.getAddress() == null || address.getAddress().isAnyLocalAddress();
		InetAddress host = anywhere ? InetAddress.getLoopbackAddress() : address.getAddress();
		return Streams.openConnection(host.getHostAddress(), address.getPort(), this.options);
	}

}
