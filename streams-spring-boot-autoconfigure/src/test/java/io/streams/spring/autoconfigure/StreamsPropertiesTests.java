package io.streams.spring.autoconfigure;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.streams.HandlerThreads;
import io.streams.ServerOptions;
import io.streams.SlowConsumerPolicy;
import io.streams.flow.WaterMarks;
import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.spring.autoconfigure.StreamsProperties.Server;
import io.streams.transport.TransportOptions;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamsProperties} and what they become.
 */
class StreamsPropertiesTests {

	@Test
	void defaultsAreThoseOfTheCore() {
		StreamsProperties properties = bind(Map.of());
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.servers()).isEmpty();
		assertThat(properties.shutdown().gracePeriod()).isNull();
		assertThat(properties.shutdown().quietPeriod()).isEqualTo(ServerOptions.DEFAULT.quietPeriod());
		assertThat(LoopOptionsMapper.map(properties.loops())).usingRecursiveComparison().isEqualTo(LoopOptions.DEFAULT);
		assertThat(optionsOf(Server.UNSET)).usingRecursiveComparison().isEqualTo(ServerOptions.DEFAULT);
	}

	@Test
	void serverWithoutPropertiesIsUnset() {
		Server server = bind(Map.of("streams.servers.echo.enabled", "true")).servers().get("echo");
		assertThat(server).isEqualTo(Server.UNSET);
	}

	@Test
	void everyPropertyOfAServerIsMapped() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("host", "127.0.0.1, ::1");
		values.put("port", "9000");
		values.put("path", "/run/echo.sock");
		values.put("unix-permissions", "rw-rw----");
		values.put("limit", "128KB");
		values.put("max-connections", "10");
		values.put("max-connections-per-address", "7");
		values.put("handler-threads", "platform");
		values.put("max-handler-threads", "9");
		values.put("slow-consumers.max-paused-time", "8s");
		values.put("slow-consumers.action", "abort");
		values.put("backlog", "11");
		values.put("reuse-address", "false");
		values.put("reuse-port", "true");
		values.put("keep-alive", "false");
		values.put("tcp-no-delay", "false");
		values.put("receive-buffer", "12KB");
		values.put("send-buffer", "13KB");
		values.put("write.high-water-mark", "32KB");
		values.put("write.low-water-mark", "1KB");
		values.put("write.max-buffer", "1MB");
		values.put("timeouts.idle", "1s");
		values.put("timeouts.half-closed", "2s");
		values.put("timeouts.write-stall", "3s");
		values.put("timeouts.close", "4s");
		values.put("timeouts.linger", "5s");
		values.put("grace-period", "6s");
		Server server = bindServer(values);
		assertThat(server.host()).containsExactly("127.0.0.1", "::1");
		assertThat(server.port()).isEqualTo(9000);
		assertThat(server.path()).isEqualTo(Path.of("/run/echo.sock"));
		assertThat(server.gracePeriod()).isEqualTo(Duration.ofSeconds(6));
		ServerOptions options = optionsOf(server);
		assertThat(options.limit()).isEqualTo(128 * 1024);
		assertThat(options.maxConnections()).isEqualTo(10);
		assertThat(options.maxConnectionsPerAddress()).isEqualTo(7);
		assertThat(options.handlerThreads()).isEqualTo(HandlerThreads.PLATFORM);
		assertThat(options.maxHandlerThreads()).isEqualTo(9);
		assertThat(options.slowConsumers().maxPausedTime()).isEqualTo(Duration.ofSeconds(8));
		assertThat(options.slowConsumers().action()).isEqualTo(SlowConsumerPolicy.Action.ABORT);
		assertThat(options.listen().backlog()).isEqualTo(11);
		assertThat(options.listen().reuseAddress()).isFalse();
		assertThat(options.listen().reusePort()).isTrue();
		assertThat(options.listen().unixPermissions()).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
		TransportOptions transport = options.listen().transport();
		assertThat(transport.waterMarks()).isEqualTo(new WaterMarks(1024, 32 * 1024));
		assertThat(transport.maxWriteBuffer()).isEqualTo(1024 * 1024);
		assertThat(transport.tcpNoDelay()).isFalse();
		assertThat(transport.keepAlive()).isFalse();
		assertThat(transport.receiveBuffer()).isEqualTo(12 * 1024);
		assertThat(transport.sendBuffer()).isEqualTo(13 * 1024);
		assertThat(transport.idleTimeout()).isEqualTo(Duration.ofSeconds(1));
		assertThat(transport.halfClosedTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(transport.writeStallTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(transport.closeTimeout()).isEqualTo(Duration.ofSeconds(4));
		assertThat(transport.lingerTimeout()).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void oneWaterMarkImpliesTheOther() {
		assertThat(transportOf(Map.of("write.high-water-mark", "400B")).waterMarks())
			.isEqualTo(new WaterMarks(100, 400));
		assertThat(transportOf(Map.of("write.low-water-mark", "100B")).waterMarks())
			.isEqualTo(new WaterMarks(100, 400));
	}

	@Test
	void timeoutOfZeroIsOff() {
		TransportOptions transport = transportOf(
				Map.of("timeouts.idle", "0", "timeouts.half-closed", "0s", "timeouts.write-stall", "0ms"));
		assertThat(transport.idleTimeout()).isNull();
		assertThat(transport.halfClosedTimeout()).isNull();
		assertThat(transport.writeStallTimeout()).isNull();
	}

	@Test
	void slowConsumersAreClosedUnlessSaidOtherwise() {
		Server server = bindServer(Map.of("slow-consumers.max-paused-time", "8s"));
		assertThat(optionsOf(server).slowConsumers().action()).isEqualTo(SlowConsumerPolicy.Action.CLOSE);
	}

	@Test
	void loopsAreMapped() {
		StreamsProperties properties = bind(Map.of("streams.loops.count", "3", "streams.loops.threads", "platform"));
		LoopOptions options = LoopOptionsMapper.map(properties.loops());
		assertThat(options.loops()).isEqualTo(3);
		assertThat(options.threads()).isEqualTo(LoopThreads.PLATFORM);
	}

	@Test
	void environmentVariablesBind() {
		StreamsProperties properties = bind(new SystemEnvironmentPropertySource("systemEnvironment",
				Map.of("STREAMS_SERVERS_ECHOTLS_PORT", "9443", "STREAMS_SERVERS_ECHOTLS_WRITE_HIGHWATERMARK", "8KB")));
		Server server = properties.servers().get("echotls");
		assertThat(server.port()).isEqualTo(9443);
		assertThat(optionsOf(server).listen().transport().waterMarks().high()).isEqualTo(8192);
	}

	private static TransportOptions transportOf(Map<String, String> values) {
		return optionsOf(bindServer(values)).listen().transport();
	}

	private static ServerOptions optionsOf(Server server) {
		return new ServerOptionsMapper("streams.servers.echo", server, new DefaultSslBundleRegistry())
			.map(ServerOptions.builder())
			.build();
	}

	private static Server bindServer(Map<String, String> values) {
		Map<String, String> prefixed = new LinkedHashMap<>();
		values.forEach((name, value) -> prefixed.put("streams.servers.echo." + name, value));
		return bind(prefixed).servers().get("echo");
	}

	private static StreamsProperties bind(Map<String, String> values) {
		return bind(List.of(new MapConfigurationPropertySource(values)));
	}

	private static StreamsProperties bind(PropertySource<?> source) {
		return bind(ConfigurationPropertySources.from(source));
	}

	private static StreamsProperties bind(Iterable<ConfigurationPropertySource> sources) {
		return new Binder(sources).bindOrCreate("streams", StreamsProperties.class);
	}

}
