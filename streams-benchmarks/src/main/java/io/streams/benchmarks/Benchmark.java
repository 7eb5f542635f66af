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
				for (Contestant contestant : this.contestants) {
					if (contestant.offers(workload.service())) {
						measure(contestant, workload, round);
					}
				}
			}
			write(report());
		}
		Report report = report();
		System.out.println();
		System.out.print(new TextReport(report).text());
		return report;
	}

	private void measure(Contestant contestant, Workload workload, int round) throws InterruptedException {
		String name = workload.name() + ", round " + round + ", " + contestant.id();
		try {
			Map<Metric, Double> values = this.machine.run(new Trial(contestant, workload, this.options)::run);
			this.measurements.add(new Measurement(workload.name(), contestant.id(), round, values));
			System.out.println(name + ": " + line(workload, values));
		}
		catch (IOException | RuntimeException ex) {
			this.failures.add(name + ": " + ex.getMessage());
			System.out.println(name + " failed: " + ex.getMessage());
		}
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
		environment.put("turns", this.options.rounds() + " rounds, " + this.options.warmup().toMillis() / 1e3
				+ " s of warm-up, " + this.options.measured().toMillis() / 1e3 + " s measured");
		return environment;
	}

	private void write(Report report) throws IOException {
		Path output = this.options.output();
		Files.writeString(output.resolve("results.md"), new TextReport(report).text());
		Files.writeString(output.resolve("results.json"), new JsonReport(report).text());
	}

}
