package io.streams.tls;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS. Immutable; made by {@link #builder(SSLContext)}.
 * <p>
 * asyncio counterpart: the arguments {@code ssl}, {@code server_hostname},
 * {@code ssl_handshake_timeout} and {@code ssl_shutdown_timeout}, and what an
 * {@code ssl.SSLContext} holds.
 *
 * @param context gives the keys and the trust for each new handshake, so that a new
 * certificate applies to new connections
 * @param clientAuthentication what a server asks of its clients
 * @param protocols the protocol versions to enable; none for the context's default
 * @param ciphers the cipher suites to enable; none for the context's default
 * @param applicationProtocols the ALPN protocols to offer or accept, the preferred one
 * first
 * @param serverHostname the name that a client asks for and verifies, or {@code null} for
 * the host it connects to
 * @param verifyHostname whether a client verifies that the certificate is for that name
 * @param handshakeTimeout the longest time that a handshake may take
 * @param shutdownTimeout the longest time without progress while the alert is sent after
 * a failure of TLS; a close without a failure has the close timeout of the transport
 * below. Before TLS 1.3 also the silence after which {@code writeEof} ends both sides, at
 * most 2 seconds
 * @param acceptTruncation whether an end without {@code close_notify} is a proper one, as
 * it is for Python
 */
public record TlsOptions(Supplier<SSLContext> context, ClientAuthentication clientAuthentication,
		List<String> protocols, List<String> ciphers, List<String> applicationProtocols,
		@Nullable String serverHostname, boolean verifyHostname, Duration handshakeTimeout, Duration shutdownTimeout,
		boolean acceptTruncation) {

	public TlsOptions {
		protocols = List.copyOf(protocols);
		ciphers = List.copyOf(ciphers);
		applicationProtocols = List.copyOf(applicationProtocols);
		requirePositive("handshakeTimeout", handshakeTimeout);
		requirePositive("shutdownTimeout", shutdownTimeout);
	}

	/**
	 * A builder for one context.
	 * @param context the keys and the trust
	 * @return the builder
	 */
	public static Builder builder(SSLContext context) {
		return new Builder(() -> context);
	}

	/**
	 * A builder for a context that may change.
	 * @param context asked at each new handshake
	 * @return the builder
	 */
	public static Builder builder(Supplier<SSLContext> context) {
		return new Builder(context);
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " is " + value + ": give a time above zero");
		}
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

		public Builder clientAuthentication(ClientAuthentication clientAuthentication) {
			this.clientAuthentication = clientAuthentication;
			return this;
		}

		public Builder protocols(List<String> protocols) {
			this.protocols = protocols;
			return this;
		}

		public Builder ciphers(List<String> ciphers) {
			this.ciphers = ciphers;
			return this;
		}

		public Builder applicationProtocols(List<String> applicationProtocols) {
			this.applicationProtocols = applicationProtocols;
			return this;
		}

		public Builder serverHostname(@Nullable String serverHostname) {
			this.serverHostname = serverHostname;
			return this;
		}

		public Builder verifyHostname(boolean verifyHostname) {
			this.verifyHostname = verifyHostname;
			return this;
		}

		public Builder handshakeTimeout(Duration timeout) {
			this.handshakeTimeout = timeout;
			return this;
		}

		public Builder shutdownTimeout(Duration timeout) {
			this.shutdownTimeout = timeout;
			return this;
		}

		public Builder acceptTruncation(boolean acceptTruncation) {
			this.acceptTruncation = acceptTruncation;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range
		 */
		public TlsOptions build() {
			return new TlsOptions(this.context, this.clientAuthentication, this.protocols, this.ciphers,
					this.applicationProtocols, this.serverHostname, this.verifyHostname, this.handshakeTimeout,
					this.shutdownTimeout, this.acceptTruncation);
		}

	}

}
