package io.streams.spring.autoconfigure;

import java.time.Duration;

import io.streams.spring.autoconfigure.StreamsProperties.Server;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.function.SingletonSupplier;

/**
 * The grace periods of servers. They end before the application context stops to wait for
 * the shutdown phase, so that what is cut off is cut off, and reported, by the server.
 */
final class GracePeriods {

	/** A stop takes up to four seconds more than its grace: to send, then to abort. */
	private static final Duration MARGIN = Duration.ofSeconds(5);

	private static final Log logger = LogFactory.getLog(GracePeriods.class);

	/**
	 * Checked once: what is to be told about it is told once, however many servers have
	 * it.
	 */
	private final @Nullable SingletonSupplier<Duration> common;

	private final Duration phaseTimeout;

	/**
	 * Create grace periods.
	 * @param common the property {@code streams.shutdown.grace-period}
	 * @param phaseTimeout how long the application context waits for a shutdown phase
	 */
	GracePeriods(@Nullable Duration common, Duration phaseTimeout) {
		this.phaseTimeout = phaseTimeout;
		this.common = (common != null) ? checkedOnce(common) : null;
	}

	Duration gracePeriodOf(String prefix, Server server) {
		if (server.gracePeriod() != null) {
			return checked(prefix + ".grace-period", server.gracePeriod());
		}
		return (this.common != null) ? this.common.obtain() : longest();
	}

	private SingletonSupplier<Duration> checkedOnce(Duration gracePeriod) {
		return SingletonSupplier.of(() -> checked("streams.shutdown.grace-period", gracePeriod));
	}

	private Duration checked(String property, Duration gracePeriod) {
		if (gracePeriod.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(property, gracePeriod,
					"Give 0 to stop without waiting for handlers, or a time.");
		}
		Duration longest = longest();
		if (gracePeriod.compareTo(longest) <= 0) {
			return gracePeriod;
		}
		logger.warn(property + " is " + gracePeriod.toMillis() + " ms, but handlers will get " + longest.toMillis()
				+ " ms: set spring.lifecycle.timeout-per-shutdown-phase, which is " + this.phaseTimeout.toMillis()
				+ " ms, to " + gracePeriod.plus(MARGIN).toMillis() + " ms or more");
		return longest;
	}

	private Duration longest() {
		Duration half = this.phaseTimeout.dividedBy(2);
		Duration rest = this.phaseTimeout.minus(MARGIN);
		return (rest.compareTo(half) > 0) ? rest : half;
	}

}
