package io.streams;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

import io.streams.flow.ReadLimit;
import io.streams.flow.WaterMarks;
import io.streams.tls.TlsOptions;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * How to serve. Immutable; made by {@link #builder()}.
 * <p>
 * asyncio counterpart: the keyword arguments of {@code start_server}.
 *
 * @param name the server's name in logs, meters and the endpoint
 * @param limit the limit of each connection's reader
 * @param maxConnections how many connections may be open at once; further clients wait in
 * the backlog
 * @param maxConnectionsPerAddress how many of those may come from one address; further
 * ones are closed at once
 * @param slowConsumers what becomes of a peer that takes its bytes too slowly
 * @param tls how to speak TLS from the first byte, or {@code null} for plain bytes
 * @param maxHandshakes how many TLS handshakes may go on at once; further clients wait in
 * the backlog
 * @param handlerThreads kind of thread that a {@link ConnectionHandler} runs on
 * @param maxHandlerThreads how many handlers may run at once on threads of the kind
 * {@link HandlerThreads#PLATFORM}; further connections are closed at once
 * @param listen how to listen, and how to treat connections
 * @param startServing whether to accept at once; if not,
 * {@link StreamServer#startServing()} begins
 * @param gracePeriod how long handlers may take to finish when the server stops
 * @param quietPeriod how long a peer must be silent before the stop ends a read that
 * waits for it
 * @param listener hears what happens
 * @param transports makes the transports, or {@code null} for the process's own
 */
public record ServerOptions(String name, ReadLimit limit, int maxConnections, int maxConnectionsPerAddress,
		SlowConsumerPolicy slowConsumers, @Nullable TlsOptions tls, int maxHandshakes, HandlerThreads handlerThreads,
		int maxHandlerThreads, ServerTransportOptions listen, boolean startServing, Duration gracePeriod,
		Duration quietPeriod, StreamListener listener, @Nullable TransportFactory transports) {

	/** How many connections a server takes at once if nothing else is said. */
	public static final int DEFAULT_MAX_CONNECTIONS = 16_384;

	/** How many TLS handshakes go on at once if nothing else is said. */
	public static final int DEFAULT_MAX_HANDSHAKES = 1024;

	/** How many handlers run at once on platform threads if nothing else is said. */
	public static final int DEFAULT_MAX_HANDLER_THREADS = 200;

	/** The defaults: asyncio's, where it has one. */
	public static final ServerOptions DEFAULT = builder().build();

	public ServerOptions {
		if (name.isBlank()) {
			throw new IllegalArgumentException("the server's name is blank: give the name to show in logs and meters");
		}
		if (maxConnections < 1) {
			throw new IllegalArgumentException("maxConnections is " + maxConnections + ": give 1 or more");
		}
		if (maxConnectionsPerAddress < 1) {
			throw new IllegalArgumentException(
					"maxConnectionsPerAddress is " + maxConnectionsPerAddress + ": give 1 or more");
		}
		if (maxHandshakes < 1) {
			throw new IllegalArgumentException("maxHandshakes is " + maxHandshakes + ": give 1 or more");
		}
		if (maxHandlerThreads < 1) {
			throw new IllegalArgumentException("maxHandlerThreads is " + maxHandlerThreads + ": give 1 or more");
		}
		if (gracePeriod.isNegative()) {
			throw new IllegalArgumentException("gracePeriod is " + gracePeriod + ": give 0 to stop without waiting");
		}
		if (quietPeriod.isNegative()) {
			throw new IllegalArgumentException(
					"quietPeriod is " + quietPeriod + ": give 0 to end every read that has to wait at once");
		}
	}

	public static Builder builder() {
		return new Builder();
	}

	/**
	 * A builder that starts from these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder().name(this.name)
			.limit(this.limit.bytes())
			.maxConnections(this.maxConnections)
			.maxConnectionsPerAddress(this.maxConnectionsPerAddress)
			.slowConsumers(this.slowConsumers)
			.tls(this.tls)
			.maxHandshakes(this.maxHandshakes)
			.handlerThreads(this.handlerThreads)
			.maxHandlerThreads(this.maxHandlerThreads)
			.startServing(this.startServing)
			.gracePeriod(this.gracePeriod)
			.quietPeriod(this.quietPeriod)
			.listener(this.listener)
			.transports(this.transports);
		return builder.backlog(this.listen.backlog())
			.reuseAddress(this.listen.reuseAddress())
			.reusePort(this.listen.reusePort())
			.unixPermissions(this.listen.unixPermissions())
			.cleanupSocket(this.listen.cleanupSocket())
			.transport(this.listen.transport());
	}

	/** Builds {@link ServerOptions}; not safe for use by several threads. */
	public static final class Builder {

		private String name = "server";

		private ReadLimit limit = ReadLimit.DEFAULT;

		private int maxConnections = DEFAULT_MAX_CONNECTIONS;

		private int maxConnectionsPerAddress = Integer.MAX_VALUE;

		private SlowConsumerPolicy slowConsumers = SlowConsumerPolicy.waitForever();

		private @Nullable TlsOptions tls;

		private int maxHandshakes = DEFAULT_MAX_HANDSHAKES;

		private HandlerThreads handlerThreads = HandlerThreads.VIRTUAL;

		private int maxHandlerThreads = DEFAULT_MAX_HANDLER_THREADS;

		private int backlog = ServerTransportOptions.DEFAULT.backlog();

		private boolean reuseAddress = ServerTransportOptions.DEFAULT.reuseAddress();

		private boolean reusePort = ServerTransportOptions.DEFAULT.reusePort();

		private Set<PosixFilePermission> unixPermissions = ServerTransportOptions.DEFAULT.unixPermissions();

		private boolean cleanupSocket = ServerTransportOptions.DEFAULT.cleanupSocket();

		private TransportOptions transport = TransportOptions.DEFAULT;

		private boolean startServing = true;

		private Duration gracePeriod = Duration.ofSeconds(30);

		private Duration quietPeriod = Duration.ofSeconds(2);

		private StreamListener listener = StreamListener.NONE;

		private @Nullable TransportFactory transports;

		private Builder() {
		}

		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * The limit of each connection's reader.
		 * @param bytes bytes of the longest line, 1 to 1 GiB
		 * @return this builder
		 */
		public Builder limit(int bytes) {
			this.limit = new ReadLimit(bytes);
			return this;
		}

		public Builder maxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
			return this;
		}

		/**
		 * Has every connection speak TLS from its first byte; the handler is called after
		 * the handshake.
		 * @param tls how, or {@code null} for plain bytes
		 * @return this builder
		 */
		public Builder tls(@Nullable TlsOptions tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Bounds the connections from one IP address; an IPv4 address counts as itself,
		 * however it is written. Unix sockets have no addresses to count.
		 * @param max the number, 1 or more
		 * @return this builder
		 */
		public Builder maxConnectionsPerAddress(int max) {
			this.maxConnectionsPerAddress = max;
			return this;
		}

		public Builder slowConsumers(SlowConsumerPolicy slowConsumers) {
			this.slowConsumers = slowConsumers;
			return this;
		}

		public Builder maxHandshakes(int maxHandshakes) {
			this.maxHandshakes = maxHandshakes;
			return this;
		}

		/**
		 * Sets the kind of thread that each {@link ConnectionHandler} runs on.
		 * @param handlerThreads {@link HandlerThreads#PLATFORM} for handlers that compute
		 * or call native code
		 * @return this builder
		 */
		public Builder handlerThreads(HandlerThreads handlerThreads) {
			this.handlerThreads = handlerThreads;
			return this;
		}

		/**
		 * Bounds the handlers that run at once on platform threads. A connection above
		 * the bound is closed at once and counted as {@link RejectReason#HANDLER_LIMIT}.
		 * Virtual threads are not bounded by this.
		 * @param maxHandlerThreads the number, 1 or more
		 * @return this builder
		 */
		public Builder maxHandlerThreads(int maxHandlerThreads) {
			this.maxHandlerThreads = maxHandlerThreads;
			return this;
		}

		public Builder backlog(int backlog) {
			this.backlog = backlog;
			return this;
		}

		public Builder reuseAddress(boolean reuseAddress) {
			this.reuseAddress = reuseAddress;
			return this;
		}

		public Builder reusePort(boolean reusePort) {
			this.reusePort = reusePort;
			return this;
		}

		public Builder unixPermissions(Set<PosixFilePermission> permissions) {
			this.unixPermissions = permissions;
			return this;
		}

		/**
		 * Whether a Unix socket's file is removed when the server closes, if it is still
		 * the server's own.
		 * @param cleanupSocket {@code false} to leave it
		 * @return this builder
		 */
		public Builder cleanupSocket(boolean cleanupSocket) {
			this.cleanupSocket = cleanupSocket;
			return this;
		}

		/**
		 * The water marks of each connection's write buffer.
		 * @param marks the marks
		 * @return this builder
		 */
		public Builder waterMarks(WaterMarks marks) {
			this.transport = this.transport.toBuilder().waterMarks(marks).build();
			return this;
		}

		public Builder transport(TransportOptions transport) {
			this.transport = transport;
			return this;
		}

		public Builder startServing(boolean startServing) {
			this.startServing = startServing;
			return this;
		}

		public Builder gracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
			return this;
		}

		/**
		 * How long a peer must be silent before the stop of the server ends a read that
		 * waits for it. It starts with the stop, and again with each received byte and
		 * each read. A wait in {@link StreamReader#awaitInput()} ends at once.
		 * @param quietPeriod 0 or more; 2 s by default
		 * @return this builder
		 */
		public Builder quietPeriod(Duration quietPeriod) {
			this.quietPeriod = quietPeriod;
			return this;
		}

		public Builder listener(StreamListener listener) {
			this.listener = listener;
			return this;
		}

		public Builder transports(@Nullable TransportFactory transports) {
			this.transports = transports;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public ServerOptions build() {
			ServerTransportOptions listen = new ServerTransportOptions(this.backlog, this.reuseAddress, this.reusePort,
					this.unixPermissions, this.cleanupSocket, this.transport);
			return new ServerOptions(this.name, this.limit, this.maxConnections, this.maxConnectionsPerAddress,
					this.slowConsumers, this.tls, this.maxHandshakes, this.handlerThreads, this.maxHandlerThreads,
					listen, this.startServing, this.gracePeriod, this.quietPeriod, this.listener, this.transports);
		}

	}

}
