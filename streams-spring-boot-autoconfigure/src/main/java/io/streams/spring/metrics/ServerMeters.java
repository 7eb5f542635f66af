package io.streams.spring.metrics;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.streams.CloseReason;
import io.streams.HandlerOutcome;
import io.streams.HandshakeOutcome;
import io.streams.RejectReason;
import io.streams.ServerSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one server, all registered from the beginning so that they show zero.
 * What happens often costs one {@link LongAdder}; what is a sum over connections is
 * summed when it is asked for, once for all gauges that are read together.
 */
final class ServerMeters implements StreamListener {

	/** How long a sum over all connections is good for. */
	private static final long TOTALS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final String server;

	private final Supplier<@Nullable StreamServer> running;

	private final LongAdder received = new LongAdder();

	private final LongAdder sent = new LongAdder();

	private final Counter accepted;

	private final Map<RejectReason, Counter> rejected;

	private final Map<CloseReason, Counter> closed;

	private final Map<Direction, Timer> pausedTime;

	private final Timer drainTime;

	private final Map<HandlerOutcome, Timer> handlerTime;

	private final Map<HandshakeOutcome, Timer> handshakeTime;

	private volatile @Nullable TimedTotals totals;

	/**
	 * Register the meters of a server.
	 * @param registry where to
	 * @param server the name of the server
	 * @param running gives the server while it runs
	 */
	ServerMeters(MeterRegistry registry, String server, Supplier<@Nullable StreamServer> running) {
		this.server = server;
		this.running = running;
		this.accepted = StreamsMeters.CONNECTIONS_ACCEPTED.counter(registry, server);
		this.rejected = forEach(RejectReason.class,
				(reason) -> StreamsMeters.CONNECTIONS_REJECTED.counter(registry, server, reason.text()));
		this.closed = forEach(CloseReason.class,
				(reason) -> StreamsMeters.CONNECTIONS_CLOSED.counter(registry, server, reason.text()));
		this.pausedTime = forEach(Direction.class,
				(direction) -> StreamsMeters.PAUSED_TIME.timer(registry, server, direction.text()));
		this.drainTime = StreamsMeters.DRAIN_TIME.timer(registry, server);
		this.handlerTime = forEach(HandlerOutcome.class,
				(outcome) -> StreamsMeters.HANDLER_TIME.timer(registry, server, outcome.text()));
		this.handshakeTime = forEach(HandshakeOutcome.class,
				(outcome) -> StreamsMeters.TLS_HANDSHAKE_TIME.timer(registry, server, outcome.text()));
		StreamsMeters.BYTES.counter(registry, this.received, LongAdder::sum, server, Direction.READ.text());
		StreamsMeters.BYTES.counter(registry, this.sent, LongAdder::sum, server, Direction.WRITE.text());
		registerServerGauges(registry);
		registerConnectionGauges(registry);
	}

	private void registerServerGauges(MeterRegistry registry) {
		StreamsMeters.CONNECTIONS_ACTIVE.gauge(registry, this, ofServer(ServerSnapshot::activeConnections),
				this.server);
		StreamsMeters.ACCEPT_PAUSED.gauge(registry, this, ofServer((snapshot) -> snapshot.acceptPaused() ? 1 : 0),
				this.server);
	}

	private void registerConnectionGauges(MeterRegistry registry) {
		StreamsMeters.DRAIN_WAITING.gauge(registry, this, (meters) -> meters.totals().drainWaiters(), this.server);
		StreamsMeters.HANDLERS_WAITING.gauge(registry, this, (meters) -> meters.totals().waitingHandlers(),
				this.server);
		for (Direction direction : Direction.values()) {
			registerGauge(registry, StreamsMeters.PAUSED, direction, BufferTotals::paused);
			registerGauge(registry, StreamsMeters.PAUSED_LONGEST, direction,
					(totals) -> totals.longestPauseNanos() / NANOS_PER_SECOND);
			registerGauge(registry, StreamsMeters.BUFFERED, direction, BufferTotals::buffered);
			registerGauge(registry, StreamsMeters.BUFFERED_MAX, direction, BufferTotals::fullest);
		}
	}

	private void registerGauge(MeterRegistry registry, StreamsMeters meter, Direction direction,
			ToDoubleFunction<BufferTotals> value) {
		meter.gauge(registry, this, (meters) -> value.applyAsDouble(meters.totals().buffers(direction)), this.server,
				direction.text());
	}

	private static ToDoubleFunction<ServerMeters> ofServer(ToDoubleFunction<ServerSnapshot> value) {
		return (meters) -> {
			StreamServer server = meters.running.get();
			return (server != null) ? value.applyAsDouble(server.snapshot()) : 0;
		};
	}

	/** Several threads may sum at the same time, which is harmless. */
	private ConnectionTotals totals() {
		long now = System.nanoTime();
		TimedTotals totals = this.totals;
		if (totals == null || now - totals.nanos() > TOTALS_NANOS) {
			totals = new TimedTotals(now, ConnectionTotals.of(this.running.get()));
			this.totals = totals;
		}
		return totals.totals();
	}

	@Override
	public void opened(StreamConnection connection) {
		this.accepted.increment();
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		of(this.closed, reason).increment();
	}

	@Override
	public void rejected(StreamServer server, RejectReason reason) {
		of(this.rejected, reason).increment();
	}

	@Override
	public void bytesReceived(StreamConnection connection, int count) {
		this.received.add(count);
	}

	@Override
	public void bytesSent(StreamConnection connection, long count) {
		this.sent.add(count);
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		of(this.pausedTime, Direction.READ).record(paused);
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		of(this.pausedTime, Direction.WRITE).record(paused);
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		this.drainTime.record(waited);
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		of(this.handlerTime, outcome).record(time);
	}

	@Override
	public void handshakeFinished(@Nullable StreamServer server, HandshakeOutcome outcome, Duration time,
			@Nullable IOException cause) {
		of(this.handshakeTime, outcome).record(time);
	}

	private static <K extends Enum<K>, M> Map<K, M> forEach(Class<K> type, Function<K, M> meter) {
		Map<K, M> meters = new EnumMap<>(type);
		for (K key : type.getEnumConstants()) {
			meters.put(key, meter.apply(key));
		}
		return meters;
	}

	private static <K, M> M of(Map<K, M> meters, K key) {
		return Objects.requireNonNull(meters.get(key));
	}

	private record TimedTotals(long nanos, ConnectionTotals totals) {
	}

}
