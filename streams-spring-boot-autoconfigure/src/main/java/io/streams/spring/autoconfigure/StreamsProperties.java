package io.streams.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.streams.HandlerThreads;
import io.streams.SlowConsumerPolicy;
import io.streams.loop.LoopThreads;
import io.streams.tls.ClientAuthentication;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of stream servers. What is not set has the default of the core
 * library, so that a server behaves alike with and without Spring.
 *
 * @param enabled Whether to run stream servers.
 * @param loops Event loops.
 * @param shutdown Stop of the servers.
 * @param jfr Flight Recorder.
 * @param servers Servers by name. A server exists because a handler names it; these
 * properties override the attributes of its '@StreamHandler'.
 */
@ConfigurationProperties(prefix = "streams", ignoreUnknownFields = false)
public record StreamsProperties(@DefaultValue("true") boolean enabled, @DefaultValue Buffers buffers,
		@DefaultValue Loops loops, @DefaultValue Shutdown shutdown, @DefaultValue Jfr jfr,
		@DefaultValue Map<String, Server> servers) {

	/**
	 * Buffers of all connections.
	 *
	 * @param maxMemory Memory that all connections of the process may take together. 40 %
	 * of the heap by default.
	 */
	public record Buffers(@Nullable DataSize maxMemory) {
	}

	/**
	 * Event loops, which are shared by all servers of the application.
	 *
	 * @param count Number of event loops. One for each processor by default.
	 * @param threads Kind of thread that a loop runs on. Virtual by default.
	 * @param sockets What the loops poll. The best that there is by default: 'epoll' with
	 * streams-epoll on the class path and where it is supported, or else 'nio'.
	 */
	public record Loops(@Nullable Integer count, @Nullable LoopThreads threads, @Nullable String sockets) {
	}

	/**
	 * Stop of the servers.
	 *
	 * @param gracePeriod How long handlers may take to finish when the application stops.
	 * By default five seconds less than 'spring.lifecycle.timeout-per-shutdown-phase'.
	 * @param quietPeriod How long a peer must be silent before the stop ends a read that
	 * waits for it.
	 */
	public record Shutdown(@Nullable Duration gracePeriod, @DefaultValue("2s") Duration quietPeriod) {
	}

	/**
	 * Flight Recorder.
	 *
	 * @param enabled Whether connections are recorded while a recording runs.
	 */
	public record Jfr(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * One server.
	 *
	 * @param enabled Whether to run the server.
	 * @param host Host names or addresses to listen on. All interfaces by default.
	 * @param port TCP port to listen on. 0 takes any free port.
	 * @param path Path of the Unix-domain socket to listen on.
	 * @param unixPermissions Permissions of the Unix-domain socket's file, such as
	 * 'rw-rw----'. By default 'rw-------'.
	 * @param limit Longest line, or chunk before a separator, that readers accept.
	 * Reading pauses when twice as much is buffered. By default 64KB.
	 * @param maxConnections Most connections that are open at once; more wait in the
	 * backlog. By default 16384.
	 * @param maxConnectionsPerAddress Most connections that one IP address may have open;
	 * further ones are closed at once. Any number by default.
	 * @param handlerThreads Kind of thread that the handler of a connection runs on;
	 * 'platform' for handlers that compute or call native code. Virtual by default.
	 * @param maxHandlerThreads Most handlers that run at once on platform threads;
	 * further connections are closed at once. By default 200.
	 * @param backlog How many connections may wait to be accepted. By default 100.
	 * @param reuseAddress Whether a port that was in use a moment ago can be bound. By
	 * default true.
	 * @param reusePort Whether several processes may listen on the port. By default
	 * false.
	 * @param keepAlive Whether the system probes silent peers. By default true.
	 * @param tcpNoDelay Whether small segments are sent at once. By default true.
	 * @param receiveBuffer Size of the sockets' receive buffers. The system's choice by
	 * default.
	 * @param sendBuffer Size of the sockets' send buffers. The system's choice by
	 * default.
	 * @param ssl TLS from the first byte.
	 * @param write Write buffers.
	 * @param slowConsumers Peers that take too slowly what they are sent.
	 * @param timeouts Timeouts of connections.
	 * @param gracePeriod How long this server's handlers may take to finish when the
	 * application stops. By default 'streams.shutdown.grace-period'.
	 */
	public record Server(@DefaultValue("true") boolean enabled, @Nullable List<String> host, @Nullable Integer port,
			@Nullable Path path, @Nullable String unixPermissions, @Nullable DataSize limit,
			@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerAddress,
			@Nullable HandlerThreads handlerThreads, @Nullable Integer maxHandlerThreads, @Nullable Integer backlog,
			@Nullable Boolean reuseAddress, @Nullable Boolean reusePort, @Nullable Boolean keepAlive,
			@Nullable Boolean tcpNoDelay, @Nullable DataSize receiveBuffer, @Nullable DataSize sendBuffer,
			@DefaultValue Ssl ssl, @DefaultValue Write write, @DefaultValue SlowConsumers slowConsumers,
			@DefaultValue Timeouts timeouts, @Nullable Duration gracePeriod) {

		/** Nothing is set. */
		static final Server UNSET = new Server(true, null, null, null, null, null, null, null, null, null, null, null,
				null, null, null, null, null, Ssl.UNSET, new Write(null, null, null), new SlowConsumers(null, null),
				new Timeouts(null, null, null, null, null), null);

	}

	/**
	 * TLS of a server's connections, from the first byte on.
	 *
	 * @param enabled Whether to speak TLS. By default true if a bundle is set.
	 * @param bundle Name of the SSL bundle that has the server's certificate and the
	 * authorities whose clients it trusts.
	 * @param clientAuth Whether clients show a certificate. By default 'none'.
	 * @param serverNameBundles SSL bundles whose certificate is shown to clients that ask
	 * for a host name, by that name; '*.example.com' stands for one more label. Whoever
	 * asks for another name, or for none, is shown that of 'bundle'.
	 * @param applicationProtocols Application protocols (ALPN) to accept, the preferred
	 * one first. None by default.
	 * @param handshakeTimeout Longest time that a handshake may take. By default 10s.
	 * @param shutdownTimeout Longest time without progress while the alert is sent after
	 * a failure of TLS. By default 5s.
	 * @param maxHandshakes How many handshakes may go on at once; further clients wait in
	 * the backlog. By default 1024.
	 */
	public record Ssl(@Nullable Boolean enabled, @Nullable String bundle, @Nullable ClientAuthentication clientAuth,
			@DefaultValue Map<String, String> serverNameBundles, @Nullable List<String> applicationProtocols,
			@Nullable Duration handshakeTimeout, @Nullable Duration shutdownTimeout, @Nullable Integer maxHandshakes) {

		/** Nothing is set. */
		static final Ssl UNSET = new Ssl(null, null, null, Map.of(), null, null, null, null);

	}

	/**
	 * Write buffers of a server's connections.
	 *
	 * @param highWaterMark Buffered bytes above which writing pauses, so that 'drain'
	 * waits. By default 64KB, or four times the low-water mark if only that is set.
	 * @param lowWaterMark Buffered bytes at or below which writing resumes. By default a
	 * quarter of the high-water mark.
	 * @param maxBuffer Buffered bytes at which a connection is aborted because its
	 * handler writes without 'drain'. 0, the default, sets no cap.
	 */
	public record Write(@Nullable DataSize highWaterMark, @Nullable DataSize lowWaterMark,
			@Nullable DataSize maxBuffer) {
	}

	/**
	 * What becomes of peers that take too slowly what they are sent.
	 *
	 * @param maxPausedTime How long writing to a peer may be paused before the action is
	 * taken. Any time by default.
	 * @param action What is done then. By default 'close', which sends what is queued
	 * first.
	 */
	public record SlowConsumers(@Nullable Duration maxPausedTime, SlowConsumerPolicy.@Nullable Action action) {
	}

	/**
	 * Timeouts of a server's connections. 0 turns the first three off.
	 *
	 * @param idle Longest time in which no byte moves in either direction. Off by
	 * default.
	 * @param halfClosed Longest time without progress after the peer ended its side. By
	 * default 60s.
	 * @param writeStall Longest time in which the peer takes nothing of what is queued
	 * for it. By default 60s.
	 * @param close Longest time that a close may take to send what is queued. By default
	 * 30s.
	 * @param linger Longest time to read and drop what the peer still sends after the own
	 * side was ended. By default 1s.
	 */
	public record Timeouts(@Nullable Duration idle, @Nullable Duration halfClosed, @Nullable Duration writeStall,
			@Nullable Duration close, @Nullable Duration linger) {
	}

}
