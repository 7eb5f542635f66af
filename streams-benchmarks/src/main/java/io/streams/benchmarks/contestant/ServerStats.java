package io.streams.benchmarks.contestant;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * What a server's JVM says of its memory.
 *
 * @param nanos when, on the machine's monotonic clock
 * @param allocatedBytes bytes that all threads, virtual ones too, have allocated so far
 * @param heapBytes bytes of the heap in use
 */
public record ServerStats(long nanos, long allocatedBytes, long heapBytes) {

	static ServerStats now() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		return new ServerStats(System.nanoTime(), threads.getTotalThreadAllocatedBytes(),
				ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
	}

	String line() {
		return this.nanos + " " + this.allocatedBytes + " " + this.heapBytes;
	}

	/**
	 * Reads a server's line.
	 * @param line what it said after {@code stats}
	 * @return the figures
	 */
	public static ServerStats parse(String line) {
		String[] fields = line.split(" ");
		return new ServerStats(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
	}

}
