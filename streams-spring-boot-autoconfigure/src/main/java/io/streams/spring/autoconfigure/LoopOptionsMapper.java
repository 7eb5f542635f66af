package io.streams.spring.autoconfigure;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.spring.autoconfigure.StreamsProperties.Loops;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Maps the properties of the event loops onto their options.
 */
final class LoopOptionsMapper {

	private LoopOptionsMapper() {
	}

	static LoopOptions map(Loops properties) {
		LoopThreads threads = (properties.threads() != null) ? properties.threads() : LoopOptions.DEFAULT.threads();
		Integer count = properties.count();
		if (count == null) {
			return new LoopOptions(LoopOptions.DEFAULT.loops(), threads);
		}
		try {
			return new LoopOptions(count, threads);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("streams.loops.count", count,
					"Give the number of event loops, or 0 for one per processor.");
		}
	}

}
