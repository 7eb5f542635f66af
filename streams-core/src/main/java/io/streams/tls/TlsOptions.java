package io.streams.tls;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * Options of TLS. Immutable; {@link #builder(SSLContext)} and {@link #toBuilder()} make
 * others.
 * <p>
 * asyncio counterpart: the arguments {@code ssl}, {@code server_hostname},
 * {@code ssl_handshake_timeout} and {@code ssl_shutdown_timeout}, and the contents of an
 * {@code ssl.SSLContext}.
 *
 * @since 0.1
 */
public final class TlsOptions {

	private final Supplier<SSLContext> context;

	private final ClientAuthentication clientAuthentication;

	private final List<String> protocols;

	private final List<String> ciphers;

	private final List<String> applicationProtocols;

	private final @Nullable String serverHostname;

	private final boolean verifyHostname;

	private final Duration handshakeTimeout;

	private final Duration shutdownTimeout;

	private final boolean acceptTruncation;

	private TlsOptions(Builder builder) {
		this.context = builder.context;
		this.clientAuthentication = builder.clientAuthentication;
		this.protocols = List.copyOf(builder.protocols);
		this.ciphers = List.copyOf(builder.ciphers);
		this.applicationProtocols = List.copyOf(builder.applicationProtocols);
		this.serverHostname = builder.serverHostname;
		this.verifyHostname = builder.verifyHostname;
		this.handshakeTimeout = positive("handshakeTimeout", builder.handshakeTimeout);
		this.shutdownTimeout = positive("shutdownTimeout", builder.shutdownTimeout);
		this.acceptTruncation = builder.acceptTruncation;
	}

	private static Duration positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " is " + value + ": give a time above zero");
		}
		return value;
	}

	/**
	 * Makes a builder for one context.
	 * @param context the keys and the trust
	 * @return the builder
	 */
	public static Builder builder(SSLContext context) {
		return new Builder(() -> context);
	}

	/**
	 * Makes a builder for a context that may change, so that a new certificate applies to
	 * new connections.
	 * @param context gives the keys and the trust for each new handshake
	 * @return the builder
	 */
	public static Builder builder(Supplier<SSLContext> context) {
		return new Builder(context);
	}

	/**
	 * Makes a builder that starts with these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder(this.context).clientAuthentication(this.clientAuthentication)
			.protocols(this.protocols)
			.ciphers(this.ciphers)
			.applicationProtocols(this.applicationProtocols)
			.serverHostname(this.serverHostname)
			.verifyHostname(this.verifyHostname)
			.handshakeTimeout(this.handshakeTimeout)
			.shutdownTimeout(this.shutdownTimeout)
			.acceptTruncation(this.acceptTruncation);
	}

	/**
	 * Returns the source of the keys and the trust for each new handshake.
	 * @return the source
	 */
	public Supplier<SSLContext> context() {
		return this.context;
	}

	/**
	 * Returns whether a server asks its clients for a certificate.
	 * @return the kind of client authentication
	 */
	public ClientAuthentication clientAuthentication() {
		return this.clientAuthentication;
	}

	/**
	 * Returns the protocol versions to enable.
	 * @return the versions; empty for the context's default
	 */
	public List<String> protocols() {
		return this.protocols;
	}

	/**
	 * Returns the cipher suites to enable.
	 * @return the suites; empty for the context's default
	 */
	public List<String> ciphers() {
		return this.ciphers;
	}

	/**
	 * Returns the ALPN protocols to offer or accept.
	 * @return the protocols, the preferred one first; empty for no ALPN
	 */
	public List<String> applicationProtocols() {
		return this.applicationProtocols;
	}

	/**
	 * Returns the name that a client asks for and verifies.
	 * @return the name, or {@code null} for the host it connects to
	 */
	public @Nullable String serverHostname() {
		return this.serverHostname;
	}

	/**
	 * Returns whether a client verifies that the certificate is for the server's name.
	 * @return whether it does
	 */
	public boolean verifyHostname() {
		return this.verifyHostname;
	}

	/**
	 * Returns the longest time that a handshake may take.
	 * @return the time
	 */
	public Duration handshakeTimeout() {
		return this.handshakeTimeout;
	}

	/**
	 * Returns the longest time without progress while an alert is sent.
	 * @return the time
	 */
	public Duration shutdownTimeout() {
		return this.shutdownTimeout;
	}

	/**
	 * Returns whether an end without {@code close_notify} is a regular end of stream.
	 * @return whether it is
	 */
	public boolean acceptTruncation() {
		return this.acceptTruncation;
	}

	/** Builds {@link TlsOptions}; not safe for use by several threads. */
	public static final class Builder {

		private final Supplier<SSLContext> context;

		private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;

		private List<String> protocols = List.of();

		private List<String> ciphers = List.of();

		private List<String> applicationProtocols = List.of();

		private @Nullable String serverHostname;

		private boolean verifyHostname = true;

		private Duration handshakeTimeout = Duration.ofSeconds(10);

		private Duration shutdownTimeout = Duration.ofSeconds(5);

		private boolean acceptTruncation;

		private Builder(Supplier<SSLContext> context) {
			this.context = context;
		}

		/**
		 * Sets whether a server asks its clients for a certificate. Clients ignore it.
		 * @param clientAuthentication the kind; {@link ClientAuthentication#NONE} by
		 * default
		 * @return this builder
		 */
		public Builder clientAuthentication(ClientAuthentication clientAuthentication) {
			this.clientAuthentication = clientAuthentication;
			return this;
		}

		/**
		 * Sets the protocol versions to enable.
		 * @param protocols the JDK's names, such as {@code TLSv1.3}; none, the default,
		 * for the context's default
		 * @return this builder
		 */
		public Builder protocols(List<String> protocols) {
			this.protocols = protocols;
			return this;
		}

		/**
		 * Sets the cipher suites to enable.
		 * @param ciphers the JDK's names, such as {@code TLS_AES_128_GCM_SHA256}; none,
		 * the default, for the context's default
		 * @return this builder
		 */
		public Builder ciphers(List<String> ciphers) {
			this.ciphers = ciphers;
			return this;
		}

		/**
		 * Sets the ALPN protocols that a client offers or a server accepts.
		 * @param applicationProtocols the names, such as {@code h2}, the preferred one
		 * first; none, the default, for no ALPN
		 * @return this builder
		 */
		public Builder applicationProtocols(List<String> applicationProtocols) {
			this.applicationProtocols = applicationProtocols;
			return this;
		}

		/**
		 * Sets the name that a client asks for (SNI) and verifies.
		 * @param serverHostname the name; {@code null}, the default, for the host that
		 * the client connects to
		 * @return this builder
		 */
		public Builder serverHostname(@Nullable String serverHostname) {
			this.serverHostname = serverHostname;
			return this;
		}

		/**
		 * Sets whether a client verifies that the certificate is for the server's name.
		 * @param verifyHostname {@code true} by default
		 * @return this builder
		 */
		public Builder verifyHostname(boolean verifyHostname) {
			this.verifyHostname = verifyHostname;
			return this;
		}

		/**
		 * Bounds the time that a handshake may take.
		 * @param timeout the time, above zero; 10 s by default
		 * @return this builder
		 */
		public Builder handshakeTimeout(Duration timeout) {
			this.handshakeTimeout = timeout;
			return this;
		}

		/**
		 * Bounds the time without progress while the alert is sent after a failure of
		 * TLS. A close without a failure has the close timeout of the transport below.
		 * Before TLS 1.3, {@code writeEof} also ends both sides after this silence of the
		 * peer, and after at most 2 s.
		 * @param timeout the time, above zero; 5 s by default
		 * @return this builder
		 */
		public Builder shutdownTimeout(Duration timeout) {
			this.shutdownTimeout = timeout;
			return this;
		}

		/**
		 * Sets whether an end without {@code close_notify} is a regular end of stream, as
		 * it is for Python.
		 * @param acceptTruncation {@code false} by default: the reader fails with
		 * {@link TlsTruncatedException}
		 * @return this builder
		 */
		public Builder acceptTruncation(boolean acceptTruncation) {
			this.acceptTruncation = acceptTruncation;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a timeout is zero or negative
		 */
		public TlsOptions build() {
			return new TlsOptions(this);
		}

	}

}
