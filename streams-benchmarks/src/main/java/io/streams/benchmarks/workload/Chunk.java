package io.streams.benchmarks.workload;

/**
 * The bytes of the bulk workloads.
 */
public final class Chunk {

	/** Bytes of a chunk: 64 KiB. */
	public static final int SIZE = 64 * 1024;

	/** Bytes that the receiver acknowledges at once: 1 MiB. */
	public static final int ACKNOWLEDGED = 1024 * 1024;

	private Chunk() {
	}

	/**
	 * A chunk, the same each time; no two of its 251-byte rows follow at an even
	 * distance, so that bytes which were lost or doubled show.
	 * @return a new array of {@link #SIZE} bytes
	 */
	public static byte[] bytes() {
		byte[] bytes = new byte[SIZE];
		for (int i = 0; i < SIZE; i++) {
			bytes[i] = (byte) (i % 251);
		}
		return bytes;
	}

}
