package io.streams;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

import io.streams.transport.ServerTransportOptions;

/**
 * Options of a server. Immutable; {@link #builder()} and {@link #toBuilder()} make
 * others.
 * <p>
 * asyncio counterpart: the keyword arguments of {@code start_server}.
 *
 * @since 0.1
 */
public final class ServerOptions extends ConnectionOptions {

	/** Default number of connections that may be open at once. */
	public static final int DEFAULT_MAX_CONNECTIONS = 16_384;

	/** Default number of TLS handshakes that may run at once. */
	public static final int DEFAULT_MAX_HANDSHAKES = 1024;

	/** Default number of handlers that may run at once on platform threads. */
	public static final int DEFAULT_MAX_HANDLER_THREADS = 200;

	/** The default options: asyncio's, where it has one. */
	public static final ServerOptions DEFAULT = builder().build();

	private final String name;

	private final int maxConnections;

	private final int maxConnectionsPerAddress;

	private final SlowConsumerPolicy slowConsumers;

	private final int maxHandshakes;

	private final HandlerThreads handlerThreads;

	private final int maxHandlerThreads;

	private final ServerTransportOptions listen;

	private final boolean startServing;

	private final Duration gracePeriod;

	private final Duration quietPeriod;

	private ServerOptions(Builder builder) {
		super(builder, builder.listener());
		this.listen = builder.listenOptions();
		this.name = builder.name;
		this.maxConnections = positive("maxConnections", builder.maxConnections);
		this.maxConnectionsPerAddress = positive("maxConnectionsPerAddress", builder.maxConnectionsPerAddress);
		this.slowConsumers = builder.slowConsumers;
		this.maxHandshakes = positive("maxHandshakes", builder.maxHandshakes);
		this.handlerThreads = builder.handlerThreads;
		this.maxHandlerThreads = positive("maxHandlerThreads", builder.maxHandlerThreads);
		this.startServing = builder.startServing;
		this.gracePeriod = notNegative("gracePeriod", builder.gracePeriod, "stop without waiting");
		this.quietPeriod = notNegative("quietPeriod", builder.quietPeriod, "end every read that has to wait at once");
		if (this.name.isBlank()) {
			throw new IllegalArgumentException("the server's name is blank: give the name to show in logs and meters");
		}
	}

	/**
	 * Makes a builder that starts with the default options.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes a builder that starts with these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * {@return the server's name in logs, meters and the endpoint}
	 */
	public String name() {
		return this.name;
	}

	/**
	 * {@return how many connections may be open at once; further clients wait}
	 */
	public int maxConnections() {
		return this.maxConnections;
	}

	/**
	 * {@return how many connections may come from one address}
	 */
	public int maxConnectionsPerAddress() {
		return this.maxConnectionsPerAddress;
	}

	/**
	 * {@return the policy about peers that read too slowly}
	 */
	public SlowConsumerPolicy slowConsumers() {
		return this.slowConsumers;
	}

	/**
	 * {@return how many TLS handshakes may run at once; further clients wait}
	 */
	public int maxHandshakes() {
		return this.maxHandshakes;
	}

	/**
	 * {@return the kind of thread that a {@link ConnectionHandler} runs on}
	 */
	public HandlerThreads handlerThreads() {
		return this.handlerThreads;
	}

	/**
	 * {@return how many handlers may run at once on platform threads}
	 */
	public int maxHandlerThreads() {
		return this.maxHandlerThreads;
	}

	/**
	 * {@return the options of the transports that listen, and of accepted connections}
	 */
	public ServerTransportOptions listen() {
		return this.listen;
	}

	/**
	 * {@return whether the server accepts before {@link StreamServer#startServing()}}
	 */
	public boolean startServing() {
		return this.startServing;
	}

	/**
	 * {@return how long handlers may take to finish when the server stops}
	 */
	public Duration gracePeriod() {
		return this.gracePeriod;
	}

	/**
	 * {@return the silence of a peer after which a stop ends a read that waits}
	 */
	public Duration quietPeriod() {
		return this.quietPeriod;
	}

	/** Builds {@link ServerOptions}; not safe for use by several threads. */
	public static final class Builder extends ConnectionOptions.Builder<Builder> {

		private String name = "server";

		private int maxConnections = DEFAULT_MAX_CONNECTIONS;

		private int maxConnectionsPerAddress = Integer.MAX_VALUE;

		private SlowConsumerPolicy slowConsumers = SlowConsumerPolicy.waitForever();

		private int maxHandshakes = DEFAULT_MAX_HANDSHAKES;

		private HandlerThreads handlerThreads = HandlerThreads.VIRTUAL;

		private int maxHandlerThreads = DEFAULT_MAX_HANDLER_THREADS;

		private final ServerTransportOptions.Builder listen;

		private boolean startServing = true;

		private Duration gracePeriod = Duration.ofSeconds(30);

		private Duration quietPeriod = Duration.ofSeconds(2);

		private Builder() {
			this.listen = ServerTransportOptions.builder();
		}

		private Builder(ServerOptions options) {
			super(options, options.listen.transport());
			this.name = options.name;
			this.maxConnections = options.maxConnections;
			this.maxConnectionsPerAddress = options.maxConnectionsPerAddress;
			this.slowConsumers = options.slowConsumers;
			this.maxHandshakes = options.maxHandshakes;
			this.handlerThreads = options.handlerThreads;
			this.maxHandlerThreads = options.maxHandlerThreads;
			this.listen = options.listen.toBuilder();
			this.startServing = options.startServing;
			this.gracePeriod = options.gracePeriod;
			this.quietPeriod = options.quietPeriod;
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Sets the server's name in logs, meters and the endpoint.
		 * @param name the name, not blank; {@code server} by default
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * Bounds the connections that may be open at once. Further clients wait in the
		 * backlog.
		 * @param maxConnections the number, 1 or more; {@value #DEFAULT_MAX_CONNECTIONS}
		 * by default
		 * @return this builder
		 */
		public Builder maxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
			return this;
		}

		/**
		 * Bounds the connections from one IP address. Further ones are closed at once. An
		 * IPv4 address counts as itself, however it is written. Unix sockets have no
		 * addresses to count.
		 * @param max the number, 1 or more; no bound by default
		 * @return this builder
		 */
		public Builder maxConnectionsPerAddress(int max) {
			this.maxConnectionsPerAddress = max;
			return this;
		}

		/**
		 * Sets the policy about peers that read too slowly.
		 * @param slowConsumers the policy; {@link SlowConsumerPolicy#waitForever()} by
		 * default
		 * @return this builder
		 */
		public Builder slowConsumers(SlowConsumerPolicy slowConsumers) {
			this.slowConsumers = slowConsumers;
			return this;
		}

		/**
		 * Bounds the TLS handshakes that may run at once. Further clients wait in the
		 * backlog.
		 * @param maxHandshakes the number, 1 or more; {@value #DEFAULT_MAX_HANDSHAKES} by
		 * default
		 * @return this builder
		 */
		public Builder maxHandshakes(int maxHandshakes) {
			this.maxHandshakes = maxHandshakes;
			return this;
		}

		/**
		 * Sets the kind of thread that each {@link ConnectionHandler} runs on.
		 * @param handlerThreads the kind; {@link HandlerThreads#VIRTUAL} by default,
		 * {@link HandlerThreads#PLATFORM} for handlers that compute or call native code
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
		 * @param maxHandlerThreads the number, 1 or more;
		 * {@value #DEFAULT_MAX_HANDLER_THREADS} by default
		 * @return this builder
		 */
		public Builder maxHandlerThreads(int maxHandlerThreads) {
			this.maxHandlerThreads = maxHandlerThreads;
			return this;
		}

		/**
		 * Sets how many connections may wait until they are accepted.
		 * @param backlog the number, 1 or more; 100 by default, as in asyncio
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.listen.backlog(backlog);
			return this;
		}

		/**
		 * Sets whether a TCP address in TIME_WAIT can be bound ({@code SO_REUSEADDR}).
		 * @param reuseAddress {@code true} by default
		 * @return this builder
		 */
		public Builder reuseAddress(boolean reuseAddress) {
			this.listen.reuseAddress(reuseAddress);
			return this;
		}

		/**
		 * Sets whether several servers may share the TCP port ({@code SO_REUSEPORT}).
		 * @param reusePort {@code false} by default
		 * @return this builder
		 */
		public Builder reusePort(boolean reusePort) {
			this.listen.reusePort(reusePort);
			return this;
		}

		/**
		 * Sets the permissions of a Unix socket's file.
		 * @param permissions the permissions; read and write for the owner (0600) by
		 * default
		 * @return this builder
		 */
		public Builder unixPermissions(Set<PosixFilePermission> permissions) {
			this.listen.unixPermissions(permissions);
			return this;
		}

		/**
		 * Sets whether the close removes a Unix socket's file, if it is still the
		 * server's own.
		 * @param cleanupSocket {@code true} by default
		 * @return this builder
		 */
		public Builder cleanupSocket(boolean cleanupSocket) {
			this.listen.cleanupSocket(cleanupSocket);
			return this;
		}

		/**
		 * Sets whether the server accepts at once. If not,
		 * {@link StreamServer#startServing()} begins.
		 * @param startServing {@code true} by default
		 * @return this builder
		 */
		public Builder startServing(boolean startServing) {
			this.startServing = startServing;
			return this;
		}

		/**
		 * Bounds the time that handlers may take to finish when the server stops.
		 * @param gracePeriod the time, 0 or more; 30 s by default
		 * @return this builder
		 */
		public Builder gracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
			return this;
		}

		/**
		 * Sets how long a peer must be silent before the stop of the server ends a read
		 * that waits for it. The time starts with the stop, and again with each received
		 * byte and each read. A wait in {@link StreamReader#awaitInput()} ends at once.
		 * @param quietPeriod the time, 0 or more; 2 s by default
		 * @return this builder
		 */
		public Builder quietPeriod(Duration quietPeriod) {
			this.quietPeriod = quietPeriod;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public ServerOptions build() {
			return new ServerOptions(this);
		}

		private ServerTransportOptions listenOptions() {
			return this.listen.transport(transportOptions()).build();
		}

	}

}
