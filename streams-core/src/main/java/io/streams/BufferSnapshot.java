package io.streams;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;

/**
 * One direction of a connection at one moment.
 *
 * @param buffered bytes in the buffer
 * @param marks its water marks: above the high one the direction pauses, at or below the
 * low one it resumes
 * @param pauses whether it is paused, and how often and how long it was
 * @param transferred bytes received or sent since the connection was made
 * @since 0.1
 */
public record BufferSnapshot(long buffered, WaterMarks marks, PauseTimes pauses, long transferred) {
}
