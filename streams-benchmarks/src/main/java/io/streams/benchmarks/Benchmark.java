package io.streams.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.streams.benchmarks.contestant.Contestant;
import io.streams.benchmarks.report.JsonReport;
import io.streams.benchmarks.report.Measurement;
import io.streams.benchmarks.report.Metric;
import io.streams.benchmarks.report.Report;
import io.streams.benchmarks.report.TextReport;
import io.streams.benchmarks.workload.Service;
import io.streams.benchmarks.workload.Workload;

/**
 * Measures the contestants in turn, and writes what it found.
 */
public final class Benchmark {

	private final BenchmarkOptions options;

	private final QuietMachine machine;

	private final List<Contestant> contestants;

	private final List<Measurement> measurements = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	Benchmark(BenchmarkOptions options) {
		this.options = options;
		this.machine = new QuietMachine(options.patience());
		this.contestants = options.contestants().stream().filter(Benchmark::isAvailable).toList();
	}

	/**
	 * Runs the harness.
	 * @param arguments the options; {@code --help} tells of them
	 * @throws IOException if the results cannot be written
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		List<String> given = Arrays.stream(arguments).filter((argument) -> !argument.isBlank()).toList();
		if (given.contains("--help")) {
			System.out.print(BenchmarkOptions.USAGE);
			return;
		}
		// Who breaks off leaves no process behind.
		Runtime.getRuntime()
			.addShutdownHook(new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy)));
		Report report = new Benchmark(BenchmarkOptions.parse(given.toArray(String[]::new))).run();
		System.exit(report.measurements().isEmpty() ? 1 : 0);
	}

	Report run() throws IOException, InterruptedException {
		Files.createDirectories(this.options.output());
		for (Workload workload : this.options.workloads()) {
			for (int round = 1; round <= this.options.rounds(); round++) {
				runRound(workload, round);
			}
			write(report());
		}
		Report report = report();
		System.out.println();
		System.out.print(new TextReport(report).text());
		return report;
	}

	private void runRound(Workload workload, int round) throws InterruptedException {
		List<Contestant> taking = this.contestants.stream()
			.filter((contestant) -> contestant.offers(workload.service()))
			.toList();
		if (workload.kind() == Workload.Kind.IDLE) {
			// They hold much memory, and are measured once.
			for (Contestant contestant : taking) {
				takeTurns(List.of(contestant), workload, round, 1);
			}
		}
		else {
			takeTurns(taking, workload, round, this.options.turns());
		}
	}

	/**
	 * Has the contestants take turns: all of them are up and warm meanwhile, so that what
	 * changes on the machine hits neighbours alike.
	 */
	private void takeTurns(List<Contestant> taking, Workload workload, int round, int turns)
			throws InterruptedException {
		List<Trial> trials = new ArrayList<>();
		try {
			for (Contestant contestant : taking) {
				start(contestant, workload, round).ifPresent(trials::add);
			}
			for (int turn = 1; turn <= turns; turn++) {
				for (Trial trial : List.copyOf(trials)) {
					if (!measure(trial, workload, round, turn)) {
						trials.remove(trial);
						trial.close();
					}
				}
			}
		}
		finally {
			trials.forEach(Trial::close);
		}
	}

	private Optional<Trial> start(Contestant contestant, Workload workload, int round) throws InterruptedException {
		try {
			Trial trial = new Trial(contestant, workload, this.options);
			try {
				trial.warmUp();
				return Optional.of(trial);
			}
			catch (IOException | InterruptedException | RuntimeException | Error ex) {
				trial.close();
				throw ex;
			}
		}
		catch (IOException | RuntimeException ex) {
			failed(workload.name() + ", round " + round + ", " + contestant.id(), ex);
			return Optional.empty();
		}
	}

	/** Answers whether it went well. */
	private boolean measure(Trial trial, Workload workload, int round, int turn) throws InterruptedException {
		String contestant = trial.contestant().id();
		String name = workload.name() + ", round " + round + ", turn " + turn + ", " + contestant;
		try {
			Map<Metric, Double> values = this.machine.run(trial::measure);
			this.measurements.add(new Measurement(workload.name(), contestant, round, turn, values));
			System.out.println(name + ": " + line(workload, values));
			return true;
		}
		catch (IOException | RuntimeException ex) {
			failed(name, ex);
			return false;
		}
	}

	private void failed(String name, Exception failure) {
		this.failures.add(name + ": " + failure.getMessage());
		System.out.println(name + " failed: " + failure.getMessage());
	}

	private static String line(Workload workload, Map<Metric, Double> values) {
		List<String> figures = new ArrayList<>();
		values.forEach((metric, value) -> figures.add(String.format(Locale.ROOT, "%s %.1f %s", metric.id(), value,
				(metric == Metric.RATE) ? workload.kind().unit() + metric.unit() : metric.unit())));
		return String.join(", ", figures);
	}

	private static boolean isAvailable(Contestant contestant) {
		boolean available = contestant.isAvailable();
		if (!available) {
			System.out.println(contestant.id() + " is left out: this machine does not have it");
		}
		return available;
	}

	private Report report() {
		Map<String, String> units = new LinkedHashMap<>();
		Map<String, String> baselines = new LinkedHashMap<>();
		for (Workload workload : this.options.workloads()) {
			units.put(workload.name(), workload.kind().unit());
			baselines.put(workload.name(), baseline(workload).id());
		}
		return new Report(environment(), baselines, units, this.measurements, this.failures);
	}

	private Contestant baseline(Workload workload) {
		return (workload.service() == Service.RESP) ? Contestant.REDIS : this.options.baseline();
	}

	private Map<String, String> environment() {
		Map<String, String> environment = new LinkedHashMap<>();
		environment.put("when", Instant.now().toString());
		environment.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
		environment.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores");
		environment.put("placement",
				this.options.pinned() ? "server on core 0, load on core 1" : "wherever the system puts them");
		environment.put("turns",
				this.options.rounds() + " rounds of new processes, " + this.options.warmup().toMillis() / 1e3
						+ " s of warm-up; " + this.options.turns() + " turns in each, "
						+ this.options.measured().toMillis() / 1e3 + " s measured");
		return environment;
	}

	private void write(Report report) throws IOException {
		Path output = this.options.output();
		Files.writeString(output.resolve("results.md"), new TextReport(report).text());
		Files.writeString(output.resolve("results.json"), new JsonReport(report).text());
	}

}
