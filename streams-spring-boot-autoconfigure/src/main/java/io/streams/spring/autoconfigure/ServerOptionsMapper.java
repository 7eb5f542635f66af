package io.streams.spring.autoconfigure;

import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;

import io.streams.ServerOptions;
import io.streams.SlowConsumerPolicy;
import io.streams.flow.WaterMarks;
import io.streams.spring.autoconfigure.StreamsProperties.Server;
import io.streams.spring.autoconfigure.StreamsProperties.SlowConsumers;
import io.streams.spring.autoconfigure.StreamsProperties.Timeouts;
import io.streams.spring.autoconfigure.StreamsProperties.Write;
import io.streams.tls.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Maps a server's properties onto its options. The core checks each value as it is set,
 * so that a wrong one is reported with the name of its property.
 */
final class ServerOptionsMapper {

	private static final PropertyMapper map = PropertyMapper.get();

	private final String prefix;

	private final Server server;

	private final @Nullable TlsOptions tls;

	ServerOptionsMapper(String prefix, Server server, SslBundles bundles) {
		this.prefix = prefix;
		this.server = server;
		this.tls = new TlsOptionsMapper(prefix + ".ssl", server.ssl(), bundles).map();
	}

	ServerOptions.Builder map(ServerOptions.Builder options) {
		requirePausedTime();
		set(options, "limit", this.server.limit(), (builder, limit) -> builder.limit(bytes(limit)));
		set(options, "max-connections", this.server.maxConnections(), ServerOptions.Builder::maxConnections);
		set(options, "max-connections-per-address", this.server.maxConnectionsPerAddress(),
				ServerOptions.Builder::maxConnectionsPerAddress);
		set(options, "handler-threads", this.server.handlerThreads(), ServerOptions.Builder::handlerThreads);
		set(options, "max-handler-threads", this.server.maxHandlerThreads(), ServerOptions.Builder::maxHandlerThreads);
		set(options, "slow-consumers.max-paused-time", this.server.slowConsumers().maxPausedTime(),
				(builder, time) -> builder.slowConsumers(slowConsumers(time)));
		set(options, "backlog", this.server.backlog(), ServerOptions.Builder::backlog);
		set(options, "unix-permissions", this.server.unixPermissions(),
				(builder, permissions) -> builder.unixPermissions(PosixFilePermissions.fromString(permissions)));
		set(options, "reuse-address", this.server.reuseAddress(), ServerOptions.Builder::reuseAddress);
		set(options, "reuse-port", this.server.reusePort(), ServerOptions.Builder::reusePort);
		set(options, "ssl.max-handshakes", this.server.ssl().maxHandshakes(), ServerOptions.Builder::maxHandshakes);
		mapSocket(options);
		mapWrite(options, this.server.write());
		mapTimeouts(options, this.server.timeouts());
		return options.tls(this.tls);
	}

	private void mapSocket(ServerOptions.Builder options) {
		set(options, "tcp-no-delay", this.server.tcpNoDelay(), ServerOptions.Builder::tcpNoDelay);
		set(options, "keep-alive", this.server.keepAlive(), ServerOptions.Builder::keepAlive);
		set(options, "receive-buffer", this.server.receiveBuffer(),
				(builder, size) -> builder.receiveBuffer(bytes(size)));
		set(options, "send-buffer", this.server.sendBuffer(), (builder, size) -> builder.sendBuffer(bytes(size)));
	}

	private void mapWrite(ServerOptions.Builder options, Write write) {
		String marks = (write.highWaterMark() != null) ? "write.high-water-mark" : "write.low-water-mark";
		set(options, marks, waterMarks(write), ServerOptions.Builder::waterMarks);
		set(options, "write.max-buffer", write.maxBuffer(), (builder, size) -> builder.maxWriteBuffer(size.toBytes()));
	}

	private void mapTimeouts(ServerOptions.Builder options, Timeouts timeouts) {
		set(options, "timeouts.idle", timeouts.idle(), (builder, timeout) -> builder.idleTimeout(orOff(timeout)));
		set(options, "timeouts.half-closed", timeouts.halfClosed(),
				(builder, timeout) -> builder.halfClosedTimeout(orOff(timeout)));
		set(options, "timeouts.write-stall", timeouts.writeStall(),
				(builder, timeout) -> builder.writeStallTimeout(orOff(timeout)));
		set(options, "timeouts.close", timeouts.close(), ServerOptions.Builder::closeTimeout);
		set(options, "timeouts.linger", timeouts.linger(), ServerOptions.Builder::lingerTimeout);
	}

	private SlowConsumerPolicy slowConsumers(Duration maxPausedTime) {
		SlowConsumerPolicy closing = SlowConsumerPolicy.closeAfter(maxPausedTime);
		return switch (this.server.slowConsumers().action()) {
			case null -> closing;
			case CLOSE -> closing;
			case ABORT -> SlowConsumerPolicy.abortAfter(maxPausedTime);
			case BLOCK -> SlowConsumerPolicy.waitForever();
		};
	}

	private void requirePausedTime() {
		SlowConsumers slowConsumers = this.server.slowConsumers();
		if (slowConsumers.action() != null && slowConsumers.maxPausedTime() == null) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + ".slow-consumers.action",
					slowConsumers.action(),
					"Set " + this.prefix + ".slow-consumers.max-paused-time too: without it no consumer is too slow.");
		}
	}

	private <T> void set(ServerOptions.Builder options, String property, @Nullable T value,
			BiFunction<ServerOptions.Builder, T, ServerOptions.Builder> setter) {
		map.from(value).to((each) -> checked(property, each, (toSet) -> setter.apply(options, toSet).build()));
	}

	private @Nullable WaterMarks waterMarks(Write write) {
		DataSize high = write.highWaterMark();
		DataSize low = write.lowWaterMark();
		if (high != null && low != null) {
			return checked("write.low-water-mark", low, (size) -> new WaterMarks(bytes(size), highMark(high).high()));
		}
		if (high != null) {
			return highMark(high);
		}
		return (low != null) ? checked("write.low-water-mark", low, (size) -> WaterMarks.low(bytes(size))) : null;
	}

	private WaterMarks highMark(DataSize high) {
		return checked("write.high-water-mark", high, (size) -> WaterMarks.high(bytes(size)));
	}

	private <T, R> R checked(String property, T value, Function<T, R> setter) {
		try {
			return setter.apply(value);
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + "." + property, value,
					reasonOf(ex, value));
		}
	}

	private static String reasonOf(RuntimeException failure, Object value) {
		if (failure instanceof ArithmeticException) {
			return "The size is above 2 GiB, which no buffer can have.";
		}
		if (value instanceof String) {
			return "Permissions are written as by 'ls -l', such as rw-rw----.";
		}
		String message = String.valueOf(failure.getMessage());
		return StringUtils.capitalize(message) + (message.endsWith(".") ? "" : ".");
	}

	private static int bytes(DataSize size) {
		return Math.toIntExact(size.toBytes());
	}

	/** Turns a timeout of zero off. */
	private static @Nullable Duration orOff(Duration timeout) {
		return timeout.isZero() ? null : timeout;
	}

}
