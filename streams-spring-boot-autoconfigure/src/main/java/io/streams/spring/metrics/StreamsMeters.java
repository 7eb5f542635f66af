package io.streams.spring.metrics;

import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of stream servers: what documents it also builds it. Tags have values from
 * the configuration or from enums only, never a peer's address or words, so that no peer
 * can make meters.
 */
public enum StreamsMeters implements MeterDocumentation {

	/** Connections that are open now. */
	CONNECTIONS_ACTIVE("streams.connections.active", Meter.Type.GAUGE, null, "Connections that are open now",
			Tag.SERVER),

	/** Connections that were accepted. */
	CONNECTIONS_ACCEPTED("streams.connections.accepted", Meter.Type.COUNTER, null, "Connections that were accepted",
			Tag.SERVER),

	/** Clients that were turned away, or could not be accepted. */
	CONNECTIONS_REJECTED("streams.connections.rejected", Meter.Type.COUNTER, null,
			"Clients that were turned away, or could not be accepted", Tag.SERVER, Tag.REASON),

	/** Connections that ended. */
	CONNECTIONS_CLOSED("streams.connections.closed", Meter.Type.COUNTER, null, "Connections that ended", Tag.SERVER,
			Tag.REASON),

	/** Bytes received from and sent to peers. */
	BYTES("streams.bytes", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes received from and sent to peers", Tag.SERVER,
			Tag.DIRECTION),

	/** Connections that are paused now. */
	PAUSED("streams.paused", Meter.Type.GAUGE, BaseUnits.CONNECTIONS,
			"Connections that are paused now, because their handler reads or their peer takes too slowly", Tag.SERVER,
			Tag.DIRECTION),

	/** How long pauses were that are over. */
	PAUSED_TIME("streams.paused.time", Meter.Type.TIMER, null, "How long pauses were that are over", Tag.SERVER,
			Tag.DIRECTION),

	/** How long the longest pause has lasted that is not over. */
	PAUSED_LONGEST("streams.paused.longest", Meter.Type.GAUGE, "seconds",
			"How long the longest pause has lasted that is not over; 0 if none is", Tag.SERVER, Tag.DIRECTION),

	/** How long drains took that had to wait. */
	DRAIN_TIME("streams.drain.time", Meter.Type.TIMER, null, "How long drains took that had to wait", Tag.SERVER),

	/** Drains that wait now. */
	DRAIN_WAITING("streams.drain.waiting", Meter.Type.GAUGE, null, "Drains that wait now", Tag.SERVER),

	/** Bytes in the buffers of all connections. */
	BUFFERED("streams.buffered", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes in the buffers of all connections",
			Tag.SERVER, Tag.DIRECTION),

	/** Bytes in the fullest buffer. */
	BUFFERED_MAX("streams.buffered.max", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes in the fullest buffer", Tag.SERVER,
			Tag.DIRECTION),

	/** How long handlers ran. */
	HANDLER_TIME("streams.handler.time", Meter.Type.TIMER, null,
			"How long handlers ran, from a connection's begin to the handler's end", Tag.SERVER, Tag.OUTCOME),

	/** Handlers that could run and wait for a carrier of virtual threads. */
	HANDLERS_WAITING("streams.handlers.waiting", Meter.Type.GAUGE, null,
			"Handlers that could run and wait for a carrier of virtual threads now", Tag.SERVER),

	/** How long TLS handshakes took. */
	TLS_HANDSHAKE_TIME("streams.tls.handshake.time", Meter.Type.TIMER, null, "How long TLS handshakes took", Tag.SERVER,
			Tag.OUTCOME),

	/** Whether new clients have to wait: 1 if so, else 0. */
	ACCEPT_PAUSED("streams.accept.paused", Meter.Type.GAUGE, null,
			"1 while new clients have to wait, because a server has all connections that it may have or an accept "
					+ "failed; else 0",
			Tag.SERVER),

	/** How late the event loops are. */
	LOOP_LAG("streams.loop.lag", Meter.Type.GAUGE, "seconds",
			"How late the latest event loop ran what was due, at worst, in the past seconds");

	/**
	 * Up to where timers count: few, because there is one of these for each timer, and
	 * far apart, because a stall is told from a hiccup by its order of magnitude.
	 */
	static final List<Duration> BUCKETS = List.of(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100),
			Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10));

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	@SuppressWarnings("ImmutableEnumChecker") // Never changed, and given away as a copy
												// only
	private final Tag[] tags;

	StreamsMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, Tag... tags) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.tags = tags;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.tags.clone();
	}

	/**
	 * What the meter tells.
	 * @return its description
	 */
	public String getDescription() {
		return this.description;
	}

	Counter counter(MeterRegistry registry, String... tagValues) {
		return Counter.builder(this.name)
			.description(this.description)
			.baseUnit(this.baseUnit)
			.tags(tagsOf(tagValues))
			.register(registry);
	}

	<T> FunctionCounter counter(MeterRegistry registry, T state, ToDoubleFunction<T> value, String... tagValues) {
		return FunctionCounter.builder(this.name, state, value)
			.description(this.description)
			.baseUnit(this.baseUnit)
			.tags(tagsOf(tagValues))
			.register(registry);
	}

	/**
	 * A timer with buckets, so that a percentile can be had of all instances together.
	 */
	Timer timer(MeterRegistry registry, String... tagValues) {
		return Timer.builder(this.name)
			.description(this.description)
			.tags(tagsOf(tagValues))
			.serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
			.register(registry);
	}

	<T> Gauge gauge(MeterRegistry registry, T state, ToDoubleFunction<T> value, String... tagValues) {
		return Gauge.builder(this.name, state, value)
			.description(this.description)
			.baseUnit(this.baseUnit)
			.tags(tagsOf(tagValues))
			.register(registry);
	}

	/** The meter's tags, with values in the order of their documentation. */
	private Tags tagsOf(String... values) {
		if (values.length != this.tags.length) {
			throw new IllegalArgumentException(this.name + " has " + this.tags.length + " tags, not " + values.length);
		}
		Tags tags = Tags.empty();
		for (int i = 0; i < values.length; i++) {
			tags = tags.and(this.tags[i].asString(), values[i]);
		}
		return tags;
	}

	/** The tags of the meters. */
	public enum Tag implements KeyName {

		/** The name of the server. */
		SERVER("server"),

		/**
		 * Whether it is about what peers send, {@code read}, or are sent, {@code write}.
		 */
		DIRECTION("direction"),

		/** Why a connection ended or was turned away. */
		REASON("reason"),

		/** How a handler or a handshake ended. */
		OUTCOME("outcome");

		private final String key;

		Tag(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
