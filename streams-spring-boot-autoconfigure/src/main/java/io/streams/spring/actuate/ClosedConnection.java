package io.streams.spring.actuate;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A connection that is gone.
 *
 * @param at when it ended
 * @param id its id
 * @param remoteAddress the peer's address
 * @param reason why it ended, such as {@code slow-consumer}
 * @param error the kind of error that ended it, if one did
 */
public record ClosedConnection(Instant at, String id, @Nullable String remoteAddress, String reason,
		@Nullable String error) {
}
