package io.streams.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What Linux says of a process.
 */
public final class ProcessFigures {

	/** Nanoseconds of one tick of {@code /proc/PID/stat}: USER_HZ is 100 everywhere. */
	private static final long TICK_NANOS = 10_000_000;

	/** The fields of the first line of {@code /proc/stat}: idle, iowait, steal. */
	private static final int IDLE_FIELD = 4;

	private static final int IO_WAIT_FIELD = 5;

	private static final int LAST_BUSY_FIELD = 8;

	private final Path directory;

	public ProcessFigures(long pid) {
		this.directory = Path.of("/proc", Long.toString(pid));
	}

	/**
	 * The processor time that all threads of the process have used.
	 * @return nanoseconds, in steps of 10 ms
	 * @throws IOException if the process is gone
	 */
	public long cpuNanos() throws IOException {
		String stat = Files.readString(this.directory.resolve("stat"));
		// The second field, the command in parentheses, may itself hold blanks.
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
	}

	/**
	 * The processor time that everything on this machine has used, on all cores.
	 * @return nanoseconds, in steps of 10 ms for each core
	 * @throws IOException if the system does not tell
	 */
	public static long machineCpuNanos() throws IOException {
		try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
			String[] fields = lines.findFirst().orElseThrow().split(" +");
			long ticks = 0;
			for (int i = 1; i <= LAST_BUSY_FIELD; i++) {
				ticks += (i == IDLE_FIELD || i == IO_WAIT_FIELD) ? 0 : Long.parseLong(fields[i]);
			}
			return ticks * TICK_NANOS;
		}
	}

	/**
	 * The memory of the process that is resident.
	 * @return bytes
	 * @throws IOException if the process is gone
	 */
	public long residentBytes() throws IOException {
		for (String line : Files.readAllLines(this.directory.resolve("status"))) {
			if (line.startsWith("VmRSS:")) {
				return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
			}
		}
		throw new IOException("no VmRSS in " + this.directory.resolve("status"));
	}

}
