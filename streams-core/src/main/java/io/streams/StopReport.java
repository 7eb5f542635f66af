package io.streams;

/**
 * How a server's stop went.
 *
 * @param finished connections that ended within the grace period
 * @param closed connections that were closed after it, and whose bytes were all sent
 * @param aborted connections that were cut off in the end
 * @param unsentBytes bytes that had been written to those and were dropped
 * @since 0.1
 */
public record StopReport(int finished, int closed, int aborted, long unsentBytes) {

	/**
	 * Whether every byte written before the stop was sent.
	 * @return {@code true} if no connection was cut off
	 */
	public boolean isGraceful() {
		return this.aborted == 0;
	}

}
