package io.streams.spring.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.streams.StreamListener;
import io.streams.StreamServer;
import io.streams.spring.server.StreamServerListenerFactory;
import io.streams.transport.LoopStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Measures servers. A server that is stopped and started again goes on with its meters.
 */
public final class StreamsMetrics implements StreamServerListenerFactory {

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final Map<String, ServerMeters> meters = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final Function<String, @Nullable StreamServer> servers;

	private final Supplier<List<LoopStatistics>> loops;

	/**
	 * Create metrics.
	 * @param registry gets the meters
	 * @param servers finds a running server by its name
	 * @param loops tells how the event loops are doing; asked once there is a server
	 */
	public StreamsMetrics(MeterRegistry registry, Function<String, @Nullable StreamServer> servers,
			Supplier<List<LoopStatistics>> loops) {
		this.registry = registry;
		this.servers = servers;
		this.loops = loops;
		StreamsMeters.LOOP_LAG.gauge(registry, this, StreamsMetrics::loopLagSeconds);
	}

	@Override
	public StreamListener createListener(String server) {
		return this.meters.computeIfAbsent(server,
				(name) -> new ServerMeters(this.registry, name, () -> this.servers.apply(name)));
	}

	private double loopLagSeconds() {
		List<LoopStatistics> loops = this.meters.isEmpty() ? List.of() : this.loops.get();
		return loops.stream().mapToLong(LoopStatistics::lagNanos).max().orElse(0) / NANOS_PER_SECOND;
	}

}
