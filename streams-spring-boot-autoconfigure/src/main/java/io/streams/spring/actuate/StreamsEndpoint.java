package io.streams.spring.actuate;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.spring.server.StreamServers;
import io.streams.transport.LoopStatistics;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to look at servers and their connections: who is paused, for
 * how long, and how full its buffers are against their marks. It never shows what is in
 * them. Where its access is unrestricted, operators can act on them too.
 */
@Endpoint(id = "streams", defaultAccess = Access.READ_ONLY)
public class StreamsEndpoint {

	static final int DEFAULT_PAGE_SIZE = 50;

	static final int MAX_PAGE_SIZE = 500;

	private final StreamServers servers;

	private final Supplier<List<LoopStatistics>> loops;

	private final StreamsHistory history;

	private final OperatorLog operators;

	private final ServerViews views;

	private final boolean actions;

	/**
	 * Create an endpoint.
	 * @param servers the servers to show
	 * @param loops tells how the event loops are doing; asked if a server runs
	 * @param history remembers what happened on the servers
	 * @param operators keeps account of what operators do
	 * @param actions whether to say that operators may act, as the endpoint's access has
	 * it
	 */
	public StreamsEndpoint(StreamServers servers, Supplier<List<LoopStatistics>> loops, StreamsHistory history,
			OperatorLog operators, boolean actions) {
		this(servers, loops, history, operators, actions, new ServerViews());
	}

	StreamsEndpoint(StreamServers servers, Supplier<List<LoopStatistics>> loops, StreamsHistory history,
			OperatorLog operators, boolean actions, ServerViews views) {
		this.servers = servers;
		this.loops = loops;
		this.history = history;
		this.operators = operators;
		this.actions = actions;
		this.views = views;
	}

	/**
	 * Shows all servers and event loops.
	 * @return the servers and their totals
	 */
	@ReadOperation
	public StreamsDescriptor streams() {
		List<StreamServer> running = List.copyOf(this.servers.getRunning());
		List<LoopStatistics> loops = running.isEmpty() ? List.of() : this.loops.get();
		return StreamsDescriptor.of(running.stream().map(this::view).map(ServerView::totals).toList(), loops,
				this.actions);
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
		ServerPage found = page(server, page, size, state);
		return (found != null) ? found.describe() : null;
	}

	@Nullable ServerPage page(String server, @Nullable Integer page, @Nullable Integer size, @Nullable ConnectionFilter state) {
		StreamServer found = this.servers.find(server);
		if (found == null) {
			return null;
		}
		int number = pageNumber(page);
		int elements = pageSize(size);
		return new ServerPage(view(found), number, elements, state);
	}

	Turn turn() {
		return this.views.turn();
	}

	/**
	 * Shows one connection, and what its handler does at this moment.
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @return the connection, or {@code null} if there is no such one
	 */
	@ReadOperation
	public @Nullable ConnectionDescriptor connection(@Selector String server, @Selector String id) {
		StreamConnection found = find(server, id);
		return (found != null) ? describe(server, found) : null;
	}

	/**
	 * Stops or starts the accepting of clients.
	 * @param server the name of the server
	 * @param action {@code pause-accepting} or {@code resume-accepting}
	 * @return the server afterwards, or {@code null} if none of this name runs
	 */
	@WriteOperation
	public @Nullable ServerDescriptor changeServer(@Selector String server, @Nullable String action) {
		return changeServer(SecurityContext.NONE, server, action);
	}

	@Nullable ServerDescriptor changeServer(SecurityContext context, String server, @Nullable String action) {
		ServerAction requested = Words.parse(ServerAction.class, "action", action);
		StreamServer found = this.servers.find(server);
		if (found == null) {
			return null;
		}
		requested.perform(found);
		this.views.changed(server);
		this.operators.record(context, Words.of(requested), server);
		try {
			return view(found).totals();
		}
		catch (BusyException ex) {
			throw new BusyException("'" + Words.of(requested) + "' is done, but not shown. " + ex.getMessage());
		}
	}

	/**
	 * Acts on a connection.
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @param action {@code pause-reading}, {@code resume-reading},
	 * {@code set-water-marks}, {@code set-limit}, {@code close} or {@code abort}
	 * @param low the new low-water mark of the write buffer, such as {@code 16KB}
	 * @param high the new high-water mark of the write buffer
	 * @param limit the new limit of the reader
	 * @return the connection afterwards, or {@code null} if there is no such one
	 */
	@WriteOperation
	public @Nullable ConnectionDescriptor changeConnection(@Selector String server, @Selector String id,
			@Nullable String action, @Nullable String low, @Nullable String high, @Nullable String limit) {
		return changeConnection(SecurityContext.NONE, server, id, action, new RequestedSizes(low, high, limit));
	}

	@Nullable ConnectionDescriptor changeConnection(SecurityContext context, String server, String id, @Nullable String action,
			RequestedSizes sizes) {
		return perform(context, server, id, Words.parse(ConnectionAction.class, "action", action), sizes);
	}

	/**
	 * Closes a connection.
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @param force whether to drop what is queued for the peer instead of sending it
	 * @return the connection afterwards, or {@code null} if there is no such one
	 */
	@DeleteOperation
	public @Nullable ConnectionDescriptor closeConnection(@Selector String server, @Selector String id,
			@Nullable Boolean force) {
		return closeConnection(SecurityContext.NONE, server, id, force);
	}

	@Nullable ConnectionDescriptor closeConnection(SecurityContext context, String server, String id, @Nullable Boolean force) {
		ConnectionAction requested = Boolean.TRUE.equals(force) ? ConnectionAction.ABORT : ConnectionAction.CLOSE;
		return perform(context, server, id, requested, RequestedSizes.NONE);
	}

	private @Nullable ConnectionDescriptor perform(SecurityContext context, String server, String id,
			ConnectionAction action, RequestedSizes sizes) {
		StreamConnection found = find(server, id);
		if (found == null) {
			return null;
		}
		action.perform(found, sizes);
		this.views.changed(server);
		this.operators.record(context, Words.of(action), server, found, sizes.given());
		return describe(server, found);
	}

	/**
	 * What to tell who asked for what is not there.
	 * @param id the connection's id, if one was asked for
	 */
	String notFound(String server, @Nullable String id) {
		if (id == null || this.servers.find(server) == null) {
			List<String> running = this.servers.getRunning().stream().map(StreamServer::name).sorted().toList();
			return "No server '" + server + "' runs here. These do: " + running;
		}
		return "Server '" + server + "' has no connection '" + id
				+ "' that is open. The server's own page lists those that are, and the last ones that were closed";
	}

	private @Nullable StreamConnection find(String server, String id) {
		StreamServer found = this.servers.find(server);
		return (found != null) ? found.connection(id) : null;
	}

	private ServerView view(StreamServer server) {
		return this.views.of(server, this.history.of(server.name()));
	}

	private ConnectionDescriptor describe(String server, StreamConnection connection) {
		return ConnectionDescriptor.of(connection, this.history.of(server).eventsOf(connection));
	}

	private static int pageNumber(@Nullable Integer page) {
		if (page != null && page < 0) {
			throw new InvalidEndpointRequestException("page is " + page, "'page' must be 0 or more");
		}
		return (page != null) ? page : 0;
	}

	private static int pageSize(@Nullable Integer size) {
		if (size != null && size < 1) {
			throw new InvalidEndpointRequestException("size is " + size,
					String.format(Locale.ROOT, "'size' must be from 1 to %d", MAX_PAGE_SIZE));
		}
		return (size != null) ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
	}

}
