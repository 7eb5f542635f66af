package io.streams;

import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLContext;

import io.streams.flow.WaterMarks;
import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.memory.MemoryTransportFactory;
import io.streams.tls.ClientAuthentication;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerOptions}, {@link ConnectOptions} and the options inside of them:
 * a copy keeps every value, and no setter drops the value of another one.
 */
class OptionsTests {

	private static final StreamListener LISTENER = new StreamListener() {
	};

	private static final Duration TIME = Duration.ofMillis(1234);

	private static final TlsOptions TLS = TlsOptions.builder(OptionsTests::context)
		.clientAuthentication(ClientAuthentication.NEED)
		.protocols(List.of("TLSv1.3"))
		.ciphers(List.of("TLS_AES_128_GCM_SHA256"))
		.applicationProtocols(List.of("h2"))
		.serverHostname("example.org")
		.verifyHostname(false)
		.handshakeTimeout(TIME)
		.shutdownTimeout(TIME)
		.acceptTruncation(true)
		.build();

	@Test
	void copyOfServerOptionsKeepsEveryValue() {
		try (TransportFactory transports = MemoryTransportFactory.create()) {
			ServerOptions options = withTransport(ServerOptions.builder()).name("copied")
				.limit(100)
				.tls(TLS)
				.listener(LISTENER)
				.transports(transports)
				.maxConnections(1)
				.maxConnectionsPerAddress(2)
				.slowConsumers(SlowConsumerPolicy.abortAfter(TIME))
				.maxHandshakes(3)
				.handlerThreads(HandlerThreads.PLATFORM)
				.maxHandlerThreads(4)
				.backlog(5)
				.reuseAddress(false)
				.reusePort(true)
				.unixPermissions(PosixFilePermissions.fromString("rwxrwxrwx"))
				.cleanupSocket(false)
				.startServing(false)
				.gracePeriod(TIME)
				.quietPeriod(TIME)
				.build();
			assertIsCopied(options.toBuilder().build(), options, ServerOptions.DEFAULT);
			assertIsCopied(options.listen().toBuilder().build(), options.listen(), ServerOptions.DEFAULT.listen());
			assertHasEachOption(options.listen().transport());
		}
	}

	@Test
	void copyOfConnectOptionsKeepsEveryValue() {
		try (TransportFactory transports = MemoryTransportFactory.create()) {
			ConnectOptions options = withTransport(ConnectOptions.builder()).limit(100)
				.tls(TLS)
				.listener(LISTENER)
				.transports(transports)
				.timeout(TIME)
				.localAddress(new InetSocketAddress("127.0.0.1", 0))
				.happyEyeballsDelay(TIME)
				.interleave(3)
				.allErrors(true)
				.build();
			assertIsCopied(options.toBuilder().build(), options, ConnectOptions.DEFAULT);
			assertIsCopied(options.connect().toBuilder().build(), options.connect(), ConnectOptions.DEFAULT.connect());
			assertHasEachOption(options.connect().transport());
		}
	}

	@Test
	void copyOfTransportOptionsKeepsEveryValue() {
		TransportOptions options = withTransport(ServerOptions.builder()).build().listen().transport();
		assertIsCopied(options.toBuilder().build(), options, TransportOptions.DEFAULT);
	}

	@Test
	void copyOfTlsOptionsKeepsEveryValue() {
		assertIsCopied(TLS.toBuilder().build(), TLS, TlsOptions.builder(() -> context()).build());
	}

	@Test
	void copyOfLoopOptionsKeepsEveryValue() {
		LoopOptions options = TestLoops.of(2, LoopThreads.PLATFORM);
		assertIsCopied(options.toBuilder().build(), options, LoopOptions.DEFAULT);
	}

	@Test
	void interleaveOfCopyFollowsTheDelayUntilItIsSet() {
		assertThat(ConnectOptions.DEFAULT.interleave()).isZero();
		ConnectOptions delayed = ConnectOptions.DEFAULT.toBuilder().happyEyeballsDelay(TIME).build();
		assertThat(delayed.interleave()).isOne();
		assertThat(delayed.toBuilder().happyEyeballsDelay(null).build().interleave()).isZero();
		assertThat(delayed.toBuilder().interleave(0).build().interleave()).isZero();
	}

	@Test
	void policiesHaveTheirTimeAndAction() {
		assertThat(SlowConsumerPolicy.waitForever().maxPausedTime()).isNull();
		assertThat(SlowConsumerPolicy.waitForever().action()).isEqualTo(SlowConsumerPolicy.Action.BLOCK);
		assertThat(SlowConsumerPolicy.closeAfter(TIME).maxPausedTime()).isEqualTo(TIME);
		assertThat(SlowConsumerPolicy.closeAfter(TIME).action()).isEqualTo(SlowConsumerPolicy.Action.CLOSE);
		assertThat(SlowConsumerPolicy.abortAfter(TIME).maxPausedTime()).isEqualTo(TIME);
		assertThat(SlowConsumerPolicy.abortAfter(TIME).action()).isEqualTo(SlowConsumerPolicy.Action.ABORT);
	}

	private static SSLContext context() {
		throw new UnsupportedOperationException("no test handshakes");
	}

	private static <B extends ConnectionOptions.Builder<B>> B withTransport(B builder) {
		return builder.waterMarks(new WaterMarks(1, 2))
			.maxWriteBuffer(3)
			.tcpNoDelay(false)
			.keepAlive(false)
			.receiveBuffer(4)
			.sendBuffer(5)
			.idleTimeout(Duration.ofSeconds(6))
			.halfClosedTimeout(Duration.ofSeconds(7))
			.writeStallTimeout(Duration.ofSeconds(8))
			.closeTimeout(Duration.ofSeconds(9))
			.lingerTimeout(Duration.ofSeconds(10));
	}

	private static void assertHasEachOption(TransportOptions options) {
		assertThat(options.waterMarks()).isEqualTo(new WaterMarks(1, 2));
		assertThat(options.maxWriteBuffer()).isEqualTo(3);
		assertThat(options.tcpNoDelay()).isFalse();
		assertThat(options.keepAlive()).isFalse();
		assertThat(options.receiveBuffer()).isEqualTo(4);
		assertThat(options.sendBuffer()).isEqualTo(5);
		assertThat(options.idleTimeout()).hasSeconds(6);
		assertThat(options.halfClosedTimeout()).hasSeconds(7);
		assertThat(options.writeStallTimeout()).hasSeconds(8);
		assertThat(options.closeTimeout()).hasSeconds(9);
		assertThat(options.lingerTimeout()).hasSeconds(10);
	}

	/** Also asserts that each value differs from the default, which a copy would have. */
	private static void assertIsCopied(Object copy, Object options, Object defaults) {
		assertThat(copy).isNotSameAs(options).usingRecursiveComparison().isEqualTo(options);
		for (Class<?> type = options.getClass(); type != Object.class; type = type.getSuperclass()) {
			List.of(type.getDeclaredFields())
				.stream()
				.filter((field) -> !Modifier.isStatic(field.getModifiers()))
				.forEach((field) -> assertThat(options).extracting(field.getName())
					.as("%s, which has to differ from its default here", field.getName())
					.isNotEqualTo(assertThat(defaults).extracting(field.getName()).actual()));
		}
	}

}
