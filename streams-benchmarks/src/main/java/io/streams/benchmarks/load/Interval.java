package io.streams.benchmarks.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import io.streams.benchmarks.process.ProcessFigures;

/**
 * The interval that is measured: begins when the load has settled, and takes the
 * processor times of both sides at its ends. It tells the harness of both, so that it can
 * ask the server for more.
 */
final class Interval {

	/** How long a turn goes on before it is measured. */
	private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private final ProcessFigures server;

	private final LatencyHistogram latencies = new LatencyHistogram();

	private final long measuredNanos;

	private final long settled;

	private Phase phase = Phase.SETTLING;

	private long begin;

	private long end;

	private long countBefore;

	private long count;

	private long serverCpu;

	private long loadCpu;

	private long machineCpu;

	Interval(LoadOptions options) {
		this.server = new ProcessFigures(options.serverPid());
		this.measuredNanos = options.measured().toNanos();
		this.settled = System.nanoTime() + SETTLE_NANOS;
	}

	/**
	 * Looks whether it is time to begin or end. Call it after each select.
	 * @param now the time
	 * @param countNow how much was counted since the start
	 * @return whether the interval goes on, or has not begun
	 */
	boolean goesOn(long now, long countNow) throws IOException {
		if (this.phase == Phase.MEASURING && now - this.end >= 0) {
			finish(countNow);
		}
		else if (this.phase == Phase.SETTLING && now - this.settled >= 0) {
			begin(countNow);
		}
		return this.phase != Phase.OVER;
	}

	/** Counts a latency. What comes before the interval is not in the result. */
	void record(long nanos) {
		this.latencies.record(nanos);
	}

	LoadResult result() {
		return new LoadResult(this.count, this.end - this.begin, this.serverCpu, this.loadCpu, this.machineCpu,
				this.latencies.percentile(0.5), this.latencies.percentile(0.99), this.latencies.percentile(0.999));
	}

	private void begin(long countNow) throws IOException {
		this.phase = Phase.MEASURING;
		say("begin");
		this.latencies.clear();
		this.countBefore = countNow;
		this.serverCpu = -this.server.cpuNanos();
		this.loadCpu = -system.getProcessCpuTime();
		this.machineCpu = -ProcessFigures.machineCpuNanos();
		this.begin = System.nanoTime();
		this.end = this.begin + this.measuredNanos;
	}

	private void finish(long countNow) throws IOException {
		this.phase = Phase.OVER;
		this.end = System.nanoTime();
		this.serverCpu += this.server.cpuNanos();
		this.loadCpu += system.getProcessCpuTime();
		this.machineCpu += ProcessFigures.machineCpuNanos();
		this.count = countNow - this.countBefore;
		say("end");
	}

	private static void say(String word) {
		System.out.println(word);
	}

	/** SETTLING → MEASURING → OVER. */
	private enum Phase {

		SETTLING, MEASURING, OVER

	}

}
