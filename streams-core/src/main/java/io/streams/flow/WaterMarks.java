package io.streams.flow;

/**
 * The two fill levels of a buffer that drive its pause rule: filling <em>above</em> the
 * high mark pauses, draining <em>to or below</em> the low mark resumes. The gap between
 * them keeps a stream from flapping between the two states.
 * <p>
 * asyncio counterpart: the {@code (low, high)} pair of
 * {@code WriteTransport.get_write_buffer_limits()}.
 *
 * @param low bytes at or below which a paused stream resumes; {@code 0 <= low <= high}
 * @param high bytes above which a stream pauses; {@code 0} pauses whenever anything is
 * buffered
 * @since 0.1
 */
public record WaterMarks(int low, int high) {

	/** Bytes of asyncio's default high-water mark: 64 KiB. */
	public static final int DEFAULT_HIGH = 64 * 1024;

	/** asyncio's default marks: 16 KiB and 64 KiB. */
	public static final WaterMarks DEFAULT = high(DEFAULT_HIGH);

	/** Checks the marks: the low one is 0 or more, and not above the high one. */
	public WaterMarks {
		if (low < 0 || high < low) {
			throw new IllegalArgumentException("water marks must satisfy 0 <= low <= high, but low is " + low
					+ " and high is " + high + ": lower the low-water mark or raise the high-water mark");
		}
	}

	/**
	 * Marks from the high one alone; the low mark is a quarter of it, as in asyncio.
	 * @param high the high-water mark in bytes, 0 or more
	 * @return the marks
	 * @throws IllegalArgumentException if {@code high} is negative
	 */
	public static WaterMarks high(int high) {
		return new WaterMarks(high / 4, high);
	}

	/**
	 * Marks from the low one alone; the high mark is four times it, as in asyncio.
	 * @param low the low-water mark in bytes, 0 or more
	 * @return the marks
	 * @throws IllegalArgumentException if {@code low} is negative or four times it does
	 * not fit into an {@code int}
	 */
	public static WaterMarks low(int low) {
		if (low > Integer.MAX_VALUE / 4) {
			throw new IllegalArgumentException("a low-water mark of " + low
					+ " bytes needs a high-water mark above 2 GiB: give both marks, or a smaller low mark");
		}
		return new WaterMarks(low, 4 * low);
	}

}
