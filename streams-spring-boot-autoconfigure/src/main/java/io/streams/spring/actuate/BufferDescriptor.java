package io.streams.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.streams.BufferSnapshot;
import io.streams.flow.PauseTimes;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: how full its buffer is against its marks, and its
 * pauses.
 *
 * @param state {@code flowing} or {@code paused}
 * @param buffered bytes in the buffer
 * @param lowWaterMark bytes at or below which it resumes
 * @param highWaterMark bytes above which it pauses
 * @param pausedSince since when it is paused, if it is
 * @param pausedFor how long it is paused, if it is
 * @param pausedTotal how long all pauses were together, the present one included
 * @param longestPause how long the longest pause was, the present one included
 * @param pauses how many pauses there were, the present one included
 * @param bytes bytes that went through
 * @param drainWaiters how many drains wait; of the write buffer only
 */
public record BufferDescriptor(String state, long buffered, int lowWaterMark, int highWaterMark,
		@Nullable Instant pausedSince, @Nullable Duration pausedFor, Duration pausedTotal, Duration longestPause,
		long pauses, long bytes, @Nullable Integer drainWaiters) {

	static BufferDescriptor of(BufferSnapshot buffer, @Nullable Integer drainWaiters, Instant now) {
		PauseTimes pauses = buffer.pauses();
		Duration pausedFor = pauses.paused() ? Millis.ofNanos(pauses.currentNanos()) : null;
		Instant pausedSince = (pausedFor != null) ? now.minus(pausedFor).truncatedTo(ChronoUnit.MILLIS) : null;
		return new BufferDescriptor(pauses.paused() ? "paused" : "flowing", buffer.buffered(), buffer.marks().low(),
				buffer.marks().high(), pausedSince, pausedFor, Millis.ofNanos(pauses.totalNanos()),
				Millis.ofNanos(pauses.longestNanos()), pauses.pauses(), buffer.transferred(), drainWaiters);
	}

}
