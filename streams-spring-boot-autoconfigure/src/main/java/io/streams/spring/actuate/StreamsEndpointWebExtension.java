package io.streams.spring.actuate;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link StreamsEndpoint}: it
 * knows who asks; what does not exist is 404 when it is written to as well, and is told
 * apart from a path that is wrong; and a wrong request is told what to write instead.
 */
@EndpointWebExtension(endpoint = StreamsEndpoint.class)
public class StreamsEndpointWebExtension {

	private static final int FORBIDDEN = 403;

	private final StreamsEndpoint delegate;

	private final WriteGuard guard;

	private final @Nullable PageJson json;

	/**
	 * Create an extension.
	 * @param delegate does what is asked
	 * @param guard refuses actions of foreign pages
	 * @param json writes pages of connections, or {@code null} to leave that to the web
	 * framework
	 */
	public StreamsEndpointWebExtension(StreamsEndpoint delegate, WriteGuard guard, @Nullable PageJson json) {
		this.json = json;
		this.delegate = delegate;
		this.guard = guard;
	}

	/**
	 * Shows all servers and event loops.
	 * @return the servers and their totals
	 */
	@ReadOperation
	public WebEndpointResponse<Object> streams() {
		return respond("", null, this.delegate::streams);
	}

	/**
	 * Shows a server and its connections, the worst offender first.
	 * @param server the name of the server
	 * @param page which page of connections, from 0 on
	 * @param size how many connections on a page
	 * @param state shows connections in this state only
	 * @return the server
	 */
	@ReadOperation
	public WebEndpointResponse<Object> server(@Selector String server, @Nullable String page, @Nullable String size,
			@Nullable String state) {
		return respond(server, null, () -> {
			ServerPage found = this.delegate.page(server, number("page", page), number("size", size), filter(state));
			return (found != null) ? write(found) : null;
		});
	}

	private Object write(ServerPage page) {
		return (this.json != null) ? this.json.write(page, this.delegate.turn()) : page.describe();
	}

	/**
	 * Shows a connection, with its last events.
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @return the connection
	 */
	@ReadOperation
	public WebEndpointResponse<Object> connection(@Selector String server, @Selector String id) {
		return respond(server, id, () -> this.delegate.connection(server, id));
	}

	/**
	 * Stops or starts the accepting of clients.
	 * @param context knows who asks
	 * @param server the name of the server
	 * @param action what to do
	 * @return the server afterwards
	 */
	@WriteOperation
	public WebEndpointResponse<Object> changeServer(SecurityContext context, @Selector String server,
			@Nullable String action) {
		return act(context, server, null, () -> this.delegate.changeServer(context, server, action));
	}

	/**
	 * Acts on a connection.
	 * @param context knows who asks
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @param action what to do
	 * @param low the new low-water mark of the write buffer
	 * @param high the new high-water mark of the write buffer
	 * @param limit the new limit of the reader
	 * @return the connection afterwards
	 */
	@WriteOperation
	public WebEndpointResponse<Object> changeConnection(SecurityContext context, @Selector String server,
			@Selector String id, @Nullable String action, @Nullable String low, @Nullable String high,
			@Nullable String limit) {
		return act(context, server, id, () -> this.delegate.changeConnection(context, server, id, action,
				new RequestedSizes(low, high, limit)));
	}

	/**
	 * Closes a connection.
	 * @param context knows who asks
	 * @param server the name of the server
	 * @param id the id of the connection
	 * @param force whether to drop what is queued for the peer
	 * @return the connection afterwards
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> closeConnection(SecurityContext context, @Selector String server,
			@Selector String id, @Nullable Boolean force) {
		return act(context, server, id, () -> this.delegate.closeConnection(context, server, id, force));
	}

	private static @Nullable ConnectionFilter filter(@Nullable String state) {
		return (state != null) ? Words.parse(ConnectionFilter.class, "state", state) : null;
	}

	private static @Nullable Integer number(String name, @Nullable String text) {
		try {
			return (text != null) ? Integer.valueOf(text) : null;
		}
		catch (NumberFormatException ex) {
			String message = "'" + name + "' must be a number";
			throw new InvalidEndpointRequestException(message, message);
		}
	}

	private WebEndpointResponse<Object> act(SecurityContext context, String server, @Nullable String id,
			Supplier<@Nullable Object> operation) {
		return respond(server, id, () -> {
			this.guard.check(context);
			return operation.get();
		});
	}

	private WebEndpointResponse<Object> respond(String server, @Nullable String id,
			Supplier<@Nullable Object> operation) {
		try {
			Object result = operation.get();
			return (result != null) ? new WebEndpointResponse<>(result)
					: refusal(WebEndpointResponse.STATUS_NOT_FOUND, this.delegate.notFound(server, id));
		}
		catch (InvalidEndpointRequestException ex) {
			return refusal(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(ex.getReason()));
		}
		catch (WriteGuard.ForbiddenException ex) {
			return refusal(FORBIDDEN, String.valueOf(ex.getMessage()));
		}
		catch (BusyException ex) {
			return refusal(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<Object> refusal(int status, String message) {
		Map<String, Object> body = Map.of("status", status, "message", message);
		return new WebEndpointResponse<>(OperationResponseBody.of(body), status);
	}

}
