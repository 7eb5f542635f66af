package io.streams.demo.console;

import java.time.Duration;
import java.util.Locale;

import io.streams.BufferSnapshot;

/**
 * Bytes and times as people read them.
 */
final class Amounts {

	private Amounts() {
	}

	static String bytes(long bytes) {
		if (bytes < 1024) {
			return bytes + " B";
		}
		double kibibytes = bytes / 1024.0;
		return (kibibytes < 1024) ? String.format(Locale.ROOT, "%.1f KiB", kibibytes)
				: String.format(Locale.ROOT, "%.1f MiB", kibibytes / 1024);
	}

	static String time(Duration time) {
		double seconds = time.toMillis() / 1000.0;
		if (seconds < 60) {
			return String.format(Locale.ROOT, "%.1f s", seconds);
		}
		return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
	}

	/** Whether a direction flows, and if not, for how long. */
	static String flow(BufferSnapshot direction) {
		return direction.pauses().paused() ? "paused " + time(Duration.ofNanos(direction.pauses().currentNanos()))
				: "open";
	}

	/** How full a buffer is, beside the mark above which it pauses. */
	static String fill(BufferSnapshot direction) {
		return bytes(direction.buffered()) + " / " + bytes(direction.marks().high());
	}

}
