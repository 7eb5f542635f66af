package io.streams.spring.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.streams.buffer.MemoryBudget;

/**
 * Meters of the memory that all connections of the process share.
 */
public final class MemoryMetrics implements MeterBinder {

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("streams.memory.used", MemoryBudget::used)
			.description("Memory that the buffers of all connections take, with an estimate for each connection")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
		Gauge.builder("streams.memory.max", MemoryBudget::limit)
			.description("Memory that all connections may take")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
	}

}
