package io.streams.spring.autoconfigure;

import io.streams.loop.LoopOptions;
import io.streams.spring.autoconfigure.StreamsProperties.Loops;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Maps the properties of the event loops onto their options.
 */
final class LoopOptionsMapper {

	private static final PropertyMapper map = PropertyMapper.get();

	private LoopOptionsMapper() {
	}

	static LoopOptions map(Loops properties) {
		LoopOptions.Builder options = LoopOptions.builder();
		map.from(properties.threads()).to(options::threads);
		map.from(properties.count()).to(options::loops);
		try {
			return options.build();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("streams.loops.count", properties.count(),
					"Give the number of event loops, or 0 for one per processor.");
		}
	}

}
