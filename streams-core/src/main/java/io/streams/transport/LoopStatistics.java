package io.streams.transport;

/**
 * How an event loop is doing.
 *
 * @param name the loop's name
 * @param connections connections that it owns, listeners not counted
 * @param lagNanos how late the loop ran what was due lately, in nanoseconds: the worst of
 * the present and the past ten seconds
 * @param turns how often it went round
 * @param idleWakeups how often it woke from its sleep with nothing to do
 * @since 0.1
 */
public record LoopStatistics(String name, int connections, long lagNanos, long turns, long idleWakeups) {
}
