package io.streams.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.streams.benchmarks.contestant.Contestant;
import io.streams.benchmarks.contestant.Launch;
import io.streams.benchmarks.contestant.ServerStats;
import io.streams.benchmarks.load.LoadMain;
import io.streams.benchmarks.load.LoadOptions;
import io.streams.benchmarks.load.LoadResult;
import io.streams.benchmarks.process.ChildProcess;
import io.streams.benchmarks.process.Commands;
import io.streams.benchmarks.process.ProcessFigures;
import io.streams.benchmarks.report.Metric;
import io.streams.benchmarks.workload.Workload;

/**
 * One contestant under one workload for one round: a server's process and a load
 * generator's, both new, and then as many turns as wanted.
 */
final class Trial implements AutoCloseable {

	private static final int SERVER_CORE = 0;

	private static final int LOAD_CORE = 1;

	private static final String SERVER_HEAP = "1g";

	private static final String LOAD_HEAP = "256m";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** Connections that are open before the idle ones are counted: they warm it up. */
	private static final int CONNECTIONS_BEFORE = 1000;

	private final Contestant contestant;

	private final Workload workload;

	private final BenchmarkOptions options;

	private final ChildProcess server;

	private final ChildProcess load;

	/**
	 * Starts the processes.
	 * @throws IOException if one of them does not start
	 * @throws InterruptedException if the thread is interrupted
	 */
	Trial(Contestant contestant, Workload workload, BenchmarkOptions options) throws IOException, InterruptedException {
		this.contestant = contestant;
		this.workload = workload;
		this.options = options;
		int freePort = freePort();
		this.server = startServer(freePort);
		try {
			this.load = startLoad(port(freePort), this.server.pid());
		}
		catch (IOException | InterruptedException | RuntimeException | Error ex) {
			this.server.close();
			throw ex;
		}
	}

	Contestant contestant() {
		return this.contestant;
	}

	/** Waits until the server is warm. */
	void warmUp() throws IOException, InterruptedException {
		if (this.workload.kind() != Workload.Kind.IDLE) {
			this.load.await("warm", PATIENCE.plus(this.options.warmup()));
		}
	}

	/** Measures once. Idle connections can only be measured once. */
	Map<Metric, Double> measure() throws IOException, InterruptedException {
		return (this.workload.kind() == Workload.Kind.IDLE) ? idle() : measured();
	}

	@Override
	public void close() {
		this.load.close();
		this.server.close();
	}

	private int port(int freePort) throws IOException, InterruptedException {
		if (this.contestant.saysPort()) {
			return Integer.parseInt(this.server.await("port", PATIENCE));
		}
		this.server.awaitPort(freePort, PATIENCE);
		return freePort;
	}

	private ChildProcess startServer(int freePort) throws IOException {
		List<String> arguments = new ArrayList<>(this.options.serverArguments());
		if (this.workload.kind() == Workload.Kind.IDLE) {
			// The whole heap is resident from the start, so that only the rest can grow.
			// A collection leaves nothing that is dead between what lives.
			arguments.addAll(List.of("-XX:+UseSerialGC", "-XX:+AlwaysPreTouch", "-XX:MarkSweepAlwaysCompactCount=1"));
		}
		Launch launch = new Launch(this.workload.service(), freePort, SERVER_HEAP, arguments, this.options.output());
		return start(this.contestant.id(), SERVER_CORE, this.contestant.command(launch));
	}

	private ChildProcess startLoad(int port, long serverPid) throws IOException {
		LoadOptions load = new LoadOptions(this.workload.kind(), this.workload.service().isTls(), port, serverPid,
				this.workload.connections(), this.workload.inFlight(), this.options.warmup(), this.options.measured());
		List<String> command = Commands.java(LOAD_HEAP, List.of("-XX:+UseSerialGC"), LoadMain.class, load.arguments());
		return start("load-" + this.contestant.id(), LOAD_CORE, command);
	}

	private ChildProcess start(String name, int core, List<String> command) throws IOException {
		Path log = this.options.output().resolve(this.workload.name() + "-" + name + ".log");
		return ChildProcess.start(name, this.options.pinned() ? Commands.pinned(core, command) : command, log);
	}

	private Map<Metric, Double> measured() throws IOException, InterruptedException {
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		this.load.say("measure");
		this.load.await("begin", PATIENCE);
		ServerStats before = stats("stats");
		this.load.await("end", PATIENCE.plus(this.options.measured()));
		ServerStats after = stats("stats");
		LoadResult result = LoadResult.parse(this.load.await("result", PATIENCE));
		double seconds = result.nanos() / 1e9;
		double units = (double) result.count() / this.workload.kind().unitSize();
		values.put(Metric.RATE, units / seconds);
		values.put(Metric.SERVER_CPU, result.serverCpuNanos() / 1e3 / units);
		values.put(Metric.SERVER_SHARE, 100.0 * result.serverCpuNanos() / result.nanos());
		values.put(Metric.LOAD_SHARE, 100.0 * result.loadCpuNanos() / result.nanos());
		long others = result.machineCpuNanos() - result.serverCpuNanos() - result.loadCpuNanos();
		values.put(Metric.OTHERS_SHARE, 100.0 * others / result.nanos());
		if (result.p50() > 0) {
			values.put(Metric.P50, result.p50() / 1e3);
			values.put(Metric.P99, result.p99() / 1e3);
			values.put(Metric.P999, result.p999() / 1e3);
		}
		if (this.contestant.isJava()) {
			// Both rates are of nearly the same seconds, by each process's own clock.
			double allocated = after.allocatedBytes() - before.allocatedBytes();
			double rate = allocated / ((after.nanos() - before.nanos()) / 1e9);
			values.put(Metric.ALLOCATED, rate / (units / seconds));
		}
		return values;
	}

	private Map<Metric, Double> idle() throws IOException, InterruptedException {
		ProcessFigures figures = new ProcessFigures(this.server.pid());
		// To ask for figures loads classes, and the JVM drops compiled code for them:
		// better before the server is warm than just before it is measured.
		stats("gc");
		this.load.say(Integer.toString(CONNECTIONS_BEFORE));
		this.load.await("opened", PATIENCE.plus(this.options.warmup()));
		ServerStats before = stats("gc");
		long residentBefore = figures.residentBytes();
		this.load.say(Integer.toString(CONNECTIONS_BEFORE + this.workload.connections()));
		this.load.await("opened", PATIENCE);
		ServerStats after = stats("gc");
		double offHeap = (double) (figures.residentBytes() - residentBefore) / this.workload.connections();
		double heap = (double) (after.heapBytes() - before.heapBytes()) / this.workload.connections();
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		if (this.contestant.isJava()) {
			values.put(Metric.HEAP, heap);
			values.put(Metric.OFF_HEAP, offHeap);
		}
		values.put(Metric.RESIDENT, heap + offHeap);
		return values;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private ServerStats stats(String question) throws IOException, InterruptedException {
		if (!this.contestant.isJava()) {
			return new ServerStats(0, 0, 0);
		}
		this.server.say(question);
		return ServerStats.parse(this.server.await("stats", PATIENCE));
	}

}
