package io.streams.spring.actuate;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

import io.streams.flow.WaterMarks;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.util.unit.DataSize;

/**
 * The sizes in a request, as an operator wrote them.
 *
 * @param low the low-water mark
 * @param high the high-water mark
 * @param limit the limit of a reader
 */
record RequestedSizes(@Nullable String low, @Nullable String high, @Nullable String limit) {

	/** A request without sizes. */
	static final RequestedSizes NONE = new RequestedSizes(null, null, null);

	WaterMarks waterMarks(String action) {
		if (this.low == null && this.high == null) {
			throw invalid("'" + action + "' needs 'low', 'high' or both, such as \"high\": \"256KB\"");
		}
		return check(() -> {
			if (this.low == null) {
				return WaterMarks.high(bytes("high", this.high));
			}
			int low = bytes("low", this.low);
			return (this.high != null) ? new WaterMarks(low, bytes("high", this.high)) : WaterMarks.low(low);
		});
	}

	void applyLimit(String action, IntConsumer setter) {
		if (this.limit == null) {
			throw invalid("'" + action + "' needs 'limit', such as \"limit\": \"256KB\"");
		}
		int bytes = bytes("limit", this.limit);
		check(() -> {
			setter.accept(bytes);
			return bytes;
		});
	}

	/** What was given, for the log and the audit. */
	Map<String, String> given() {
		Map<String, String> given = new TreeMap<>();
		put(given, "low", this.low);
		put(given, "high", this.high);
		put(given, "limit", this.limit);
		return given;
	}

	private static void put(Map<String, String> given, String name, @Nullable String value) {
		if (value != null) {
			given.put(name, value);
		}
	}

	private static int bytes(String name, @Nullable String text) {
		try {
			return Math.toIntExact(DataSize.parse((text != null) ? text : "").toBytes());
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			throw invalid("'" + name + "' must be a number of bytes below 2 GiB, such as 65536 or \"64KB\"");
		}
	}

	private static <T> T check(Supplier<T> value) {
		try {
			return value.get();
		}
		catch (IllegalArgumentException ex) {
			throw invalid(String.valueOf(ex.getMessage()));
		}
	}

	private static InvalidEndpointRequestException invalid(String message) {
		return new InvalidEndpointRequestException(message, message);
	}

}
