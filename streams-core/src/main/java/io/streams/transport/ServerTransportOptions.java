package io.streams.transport;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Options of a listening transport, and of the connections that it accepts. Immutable;
 * {@link #builder()} and {@link #toBuilder()} make others.
 *
 * @since 0.1
 */
public final class ServerTransportOptions {

	/** The default options: asyncio's. */
	public static final ServerTransportOptions DEFAULT = builder().build();

	private final int backlog;

	private final boolean reuseAddress;

	private final boolean reusePort;

	private final Set<PosixFilePermission> unixPermissions;

	private final boolean cleanupSocket;

	private final TransportOptions transport;

	private ServerTransportOptions(Builder builder) {
		if (builder.backlog < 1) {
			throw new IllegalArgumentException(
					"backlog is " + builder.backlog + ": give 1 or more (asyncio's default is 100)");
		}
		this.backlog = builder.backlog;
		this.reuseAddress = builder.reuseAddress;
		this.reusePort = builder.reusePort;
		this.unixPermissions = Set.copyOf(builder.unixPermissions);
		this.cleanupSocket = builder.cleanupSocket;
		this.transport = builder.transport;
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
		return new Builder().backlog(this.backlog)
			.reuseAddress(this.reuseAddress)
			.reusePort(this.reusePort)
			.unixPermissions(this.unixPermissions)
			.cleanupSocket(this.cleanupSocket)
			.transport(this.transport);
	}

	/**
	 * Returns how many connections may wait until they are accepted.
	 * @return the number, 1 or more
	 */
	public int backlog() {
		return this.backlog;
	}

	/**
	 * Returns whether a TCP address in TIME_WAIT can be bound.
	 * @return whether {@code SO_REUSEADDR} is set
	 */
	public boolean reuseAddress() {
		return this.reuseAddress;
	}

	/**
	 * Returns whether several listeners may share the TCP port.
	 * @return whether {@code SO_REUSEPORT} is set
	 */
	public boolean reusePort() {
		return this.reusePort;
	}

	/**
	 * Returns the permissions of a Unix socket's file.
	 * @return the permissions, unmodifiable
	 */
	public Set<PosixFilePermission> unixPermissions() {
		return this.unixPermissions;
	}

	/**
	 * Returns whether the close removes a Unix socket's file, if it is still the
	 * listener's own.
	 * @return whether it does
	 */
	public boolean cleanupSocket() {
		return this.cleanupSocket;
	}

	/**
	 * Returns the options of accepted connections.
	 * @return the options
	 */
	public TransportOptions transport() {
		return this.transport;
	}

	/** Builds {@link ServerTransportOptions}; not safe for use by several threads. */
	public static final class Builder {

		private int backlog = 100;

		private boolean reuseAddress = true;

		private boolean reusePort;

		private Set<PosixFilePermission> unixPermissions = PosixFilePermissions.fromString("rw-------");

		private boolean cleanupSocket = true;

		private TransportOptions transport = TransportOptions.DEFAULT;

		private Builder() {
		}

		/**
		 * Sets how many connections may wait until they are accepted.
		 * @param backlog the number, 1 or more; 100 by default
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.backlog = backlog;
			return this;
		}

		/**
		 * Sets whether a TCP address in TIME_WAIT can be bound ({@code SO_REUSEADDR}).
		 * @param reuseAddress {@code true} by default
		 * @return this builder
		 */
		public Builder reuseAddress(boolean reuseAddress) {
			this.reuseAddress = reuseAddress;
			return this;
		}

		/**
		 * Sets whether several listeners may share the TCP port ({@code SO_REUSEPORT}).
		 * @param reusePort {@code false} by default
		 * @return this builder
		 */
		public Builder reusePort(boolean reusePort) {
			this.reusePort = reusePort;
			return this;
		}

		/**
		 * Sets the permissions of a Unix socket's file.
		 * @param permissions the permissions; read and write for the owner (0600) by
		 * default
		 * @return this builder
		 */
		public Builder unixPermissions(Set<PosixFilePermission> permissions) {
			this.unixPermissions = permissions;
			return this;
		}

		/**
		 * Sets whether the close removes a Unix socket's file, if it is still the
		 * listener's own.
		 * @param cleanupSocket {@code true} by default
		 * @return this builder
		 */
		public Builder cleanupSocket(boolean cleanupSocket) {
			this.cleanupSocket = cleanupSocket;
			return this;
		}

		/**
		 * Sets the options of accepted connections.
		 * @param transport the options; {@link TransportOptions#DEFAULT} by default
		 * @return this builder
		 */
		public Builder transport(TransportOptions transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public ServerTransportOptions build() {
			return new ServerTransportOptions(this);
		}

	}

}
