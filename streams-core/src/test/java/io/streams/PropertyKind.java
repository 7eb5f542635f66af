package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLContext;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of connection of the {@linkplain DeliveryPropertyTests properties of
 * delivery}.
 */
enum PropertyKind {

	TCP(TransportKind.TCP, null, 4),

	TCP_CARRIER(TransportKind.TCP_CARRIER, null, 2),

	TCP_BYTEWISE(TransportKind.TCP_BYTEWISE, null, 1),

	UNIX(TransportKind.UNIX, null, 3),

	MEMORY(TransportKind.MEMORY, null, 2),

	TLS_1_2(TransportKind.TCP, "TLSv1.2", 2),

	TLS_1_3(TransportKind.TCP, "TLSv1.3", 3);

	private static final SSLContext SERVER = TestIdentity.SERVER.context();

	private static final int WEIGHTS = List.of(values()).stream().mapToInt((kind) -> kind.weight).sum();

	private final TransportKind transport;

	private final @Nullable String tlsVersion;

	private final int weight;

	PropertyKind(TransportKind transport, @Nullable String tlsVersion, int weight) {
		this.transport = transport;
		this.tlsVersion = tlsVersion;
		this.weight = weight;
	}

	static PropertyKind random(Random random) {
		int left = random.nextInt(WEIGHTS);
		for (PropertyKind kind : values()) {
			left -= kind.weight;
			if (left < 0) {
				return kind;
			}
		}
		throw new IllegalStateException("weights are wrong");
	}

	TransportKind transport() {
		return this.transport;
	}

	boolean isTls() {
		return this.tlsVersion != null;
	}

	/** Whether there is a TCP socket below, which can be reset. */
	boolean isTcp() {
		return this != UNIX && this != MEMORY;
	}

	/** The server's side of TLS, or {@code null} for plain bytes. */
	@Nullable TlsOptions tls(Duration shutdownTimeout) {
		return isTls() ? TlsOptions.builder(SERVER).shutdownTimeout(shutdownTimeout).build() : null;
	}

	/**
	 * Connects a client that has nothing of this library in it.
	 * @param receiveBuffer its receive buffer, or 0 for the system's choice
	 */
	RawLink connect(SocketAddress address, int receiveBuffer) throws IOException {
		if (this == MEMORY) {
			return new RawMemory(this.transport.transports(), address, receiveBuffer);
		}
		if (this.tlsVersion != null) {
			return RawTls.connect((InetSocketAddress) address, this.tlsVersion, receiveBuffer);
		}
		SocketChannel channel = (this == UNIX) ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
		if (receiveBuffer > 0) {
			channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
		}
		channel.connect(address);
		return new RawSocket(channel);
	}

}
