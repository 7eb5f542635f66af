package io.streams.spring.actuate;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened on a connection.
 *
 * @param at when
 * @param event what: {@code opened}, {@code reading-paused}, {@code reading-resumed},
 * {@code writing-paused}, {@code writing-resumed}, {@code drain-started},
 * {@code drain-finished}, {@code failed}, {@code handler-finished} or {@code operator}
 * @param lasted how long that lasted which it ended, if it ended something
 * @param detail more about it: an outcome, the kind of an error, or what an operator did
 */
public record ConnectionEvent(Instant at, String event, @Nullable Duration lasted, @Nullable String detail) {
}
