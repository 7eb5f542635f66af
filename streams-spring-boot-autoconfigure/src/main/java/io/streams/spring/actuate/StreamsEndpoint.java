package io.streams.spring.actuate;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.streams.ConnectionSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.spring.server.StreamServers;
import io.streams.transport.LoopStatistics;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} to look at servers and their connections: who is paused, for
 * how long, and how full its buffers are against their marks. It never shows what is in
 * them.
 */
@Endpoint(id = "streams", defaultAccess = Access.READ_ONLY)
public class StreamsEndpoint {

	static final int DEFAULT_PAGE_SIZE = 50;

	static final int MAX_PAGE_SIZE = 500;

	private final StreamServers servers;

	private final Supplier<List<LoopStatistics>> loops;

	/**
	 * Create an endpoint.
	 * @param servers the servers to show
	 * @param loops tells how the event loops are doing; asked if a server runs
	 */
	public StreamsEndpoint(StreamServers servers, Supplier<List<LoopStatistics>> loops) {
		this.servers = servers;
		this.loops = loops;
	}

	/**
	 * Shows all servers and event loops.
	 * @return the servers and their totals
	 */
	@ReadOperation
	public StreamsDescriptor streams() {
		List<StreamServer> running = List.copyOf(this.servers.getRunning());
		List<LoopStatistics> loops = running.isEmpty() ? List.of() : this.loops.get();
		return StreamsDescriptor.of(running, loops);
	}

	/**
	 * Shows a server and its connections, the worst offender first: who blocks a writer,
	 * then who is not read, each the longest first, then who has the fullest buffers.
	 * @param server the name of the server
	 * @param page which page of connections, from 0 on
	 * @param size how many connections on a page, 50 by default and 500 at most
	 * @param state shows connections in this state only
	 * @return the server, or {@code null} if none of this name runs
	 */
	@ReadOperation
	public @Nullable ServerConnectionsDescriptor server(@Selector String server, @Nullable Integer page,
			@Nullable Integer size, @Nullable ConnectionFilter state) {
		StreamServer found = this.servers.find(server);
		if (found == null) {
			return null;
		}
		Predicate<ConnectionSnapshot> filter = (state != null) ? state : (connection) -> true;
		List<ConnectionSnapshot> connections = found.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.filter(filter)
			.sorted(ConnectionSnapshot.WORST_FIRST)
			.toList();
		return ServerConnectionsDescriptor.of(found.snapshot(), connections, pageNumber(page), pageSize(size));
	}

	/**
	 * Shows one connection, and what its handler does at this moment.
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @return the connection, or {@code null} if there is no such one
	 */
	@ReadOperation
	public @Nullable ConnectionDescriptor connection(@Selector String server, @Selector String id) {
		StreamServer found = this.servers.find(server);
		StreamConnection connection = (found != null) ? found.connection(id) : null;
		return (connection != null) ? ConnectionDescriptor.of(connection.snapshot(), connection.handlerThread()) : null;
	}

	private static int pageNumber(@Nullable Integer page) {
		if (page != null && page < 0) {
			throw new InvalidEndpointRequestException("page is " + page, "page must be 0 or more");
		}
		return (page != null) ? page : 0;
	}

	private static int pageSize(@Nullable Integer size) {
		if (size != null && size < 1) {
			throw new InvalidEndpointRequestException("size is " + size,
					String.format(Locale.ROOT, "size must be from 1 to %d", MAX_PAGE_SIZE));
		}
		return (size != null) ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
	}

}
