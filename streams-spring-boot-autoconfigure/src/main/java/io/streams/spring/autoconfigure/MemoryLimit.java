package io.streams.spring.autoconfigure;

import io.streams.buffer.MemoryBudget;
import io.streams.spring.autoconfigure.StreamsProperties.Buffers;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Applies the property of the memory budget. The budget is the process's: of several
 * applications in one process, the last one that sets the property counts.
 */
final class MemoryLimit {

	private MemoryLimit() {
	}

	static void apply(Buffers properties) {
		DataSize size = properties.maxMemory();
		if (size == null) {
			return;
		}
		if (size.toBytes() <= 0) {
			throw new InvalidConfigurationPropertyValueException("streams.buffers.max-memory", size,
					"Give more than 0, or leave the property out for " + MemoryBudget.DEFAULT_HEAP_PERCENT
							+ " % of the heap.");
		}
		MemoryBudget.setLimit(size.toBytes());
	}

}
