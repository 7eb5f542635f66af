package io.streams.benchmarks.load;

/**
 * What a load generator measured in its interval.
 *
 * @param count messages, bytes or connections
 * @param nanos how long the interval was
 * @param serverCpuNanos processor time of the server in the interval
 * @param loadCpuNanos processor time of the load generator in the interval
 * @param machineCpuNanos processor time of everything on the machine in the interval
 * @param p50 nanoseconds within which half of the messages came back; 0 if not measured
 * @param p99 the same of 99 in 100
 * @param p999 the same of 999 in 1000
 */
public record LoadResult(long count, long nanos, long serverCpuNanos, long loadCpuNanos, long machineCpuNanos, long p50,
		long p99, long p999) {

	String line() {
		return this.count + " " + this.nanos + " " + this.serverCpuNanos + " " + this.loadCpuNanos + " "
				+ this.machineCpuNanos + " " + this.p50 + " " + this.p99 + " " + this.p999;
	}

	/**
	 * Reads a load generator's line.
	 * @param line what it said after {@code result}
	 * @return the result
	 */
	public static LoadResult parse(String line) {
		String[] fields = line.split(" ");
		return new LoadResult(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]),
				Long.parseLong(fields[3]), Long.parseLong(fields[4]), Long.parseLong(fields[5]),
				Long.parseLong(fields[6]), Long.parseLong(fields[7]));
	}

}
