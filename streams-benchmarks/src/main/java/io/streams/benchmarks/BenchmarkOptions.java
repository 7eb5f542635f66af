package io.streams.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.streams.benchmarks.contestant.Contestant;
import io.streams.benchmarks.workload.Workload;
import io.streams.benchmarks.workload.Workloads;

/**
 * What to measure, and how.
 *
 * @param workloads the workloads, in this order
 * @param contestants the contestants, who take turns in this order
 * @param baseline to whom all are compared
 * @param rounds how often each workload is run with new processes
 * @param turns how often each contestant is measured in a round
 * @param warmup how long each contestant is at work in a round before its first turn
 * @param measured how long each turn is measured
 * @param pinned whether the server gets core 0 and the load generator core 1
 * @param patience how long each turn may wait for a quiet machine
 * @param serverArguments further arguments of the servers' JVMs
 * @param output where the results go
 */
record BenchmarkOptions(List<Workload> workloads, List<Contestant> contestants, Contestant baseline, int rounds,
		int turns, Duration warmup, Duration measured, boolean pinned, Duration patience, List<String> serverArguments,
		Path output) {

	private static final Pattern OPTION = Pattern.compile("--([a-z-]+)=(.*)");

	static final String USAGE = """
			Options:
			  --workloads=NAME,…    of: %s;
			                        and echo-CxN with other numbers of connections and lines
			  --contestants=NAME,…  of: %s
			  --baseline=NAME       to whom all are compared (netty-epoll)
			  --rounds=N            times that each workload is run, with new processes (2)
			  --turns=N             of each contestant in a round, one after the other (3)
			  --seconds=S           measured in each turn (3)
			  --warmup=S            of each contestant in a round, before its first turn (15)
			  --pin=BOOLEAN         server on core 0, load on core 1 (true)
			  --patience=S          for each turn: waits for a quiet machine, measures again what others disturbed (0)
			  --server-args=ARG,…   further arguments of the servers' JVMs, for example to profile
			  --output=DIRECTORY    for results.md, results.json and the logs (target/benchmarks)
			  --help                this text
			""".formatted(names(Workloads.all(), Workload::name), names(List.of(Contestant.values()), Contestant::id));

	/**
	 * Reads a command line.
	 * @throws IllegalArgumentException if an option is unknown or its value is; the
	 * message says which
	 */
	static BenchmarkOptions parse(String... arguments) {
		Map<String, String> given = new HashMap<>();
		for (String argument : arguments) {
			Matcher option = OPTION.matcher(argument);
			if (!option.matches()) {
				throw new IllegalArgumentException("'" + argument + "' is not an option: give --name=value");
			}
			given.put(option.group(1), option.group(2));
		}
		BenchmarkOptions options = taken(given);
		if (!given.isEmpty()) {
			throw new IllegalArgumentException("there is no option " + given.keySet());
		}
		return options;
	}

	/** Makes options out of what is given, and takes it out of the map. */
	private static BenchmarkOptions taken(Map<String, String> given) {
		Function<String, String> option = (nameAndDefault) -> {
			int equals = nameAndDefault.indexOf('=');
			String value = given.remove(nameAndDefault.substring(0, equals));
			return (value != null) ? value : nameAndDefault.substring(equals + 1);
		};
		List<Contestant> all = List.of(Contestant.values());
		Function<String, Contestant> contestant = (id) -> one(id, all);
		return new BenchmarkOptions(chosen(option.apply("workloads="), Workloads.all(), Workloads::named),
				chosen(option.apply("contestants="), all, contestant),
				contestant.apply(option.apply("baseline=netty-epoll")), Integer.parseInt(option.apply("rounds=2")),
				Integer.parseInt(option.apply("turns=3")), seconds(option.apply("warmup=15")),
				seconds(option.apply("seconds=3")), Boolean.parseBoolean(option.apply("pin=true")),
				seconds(option.apply("patience=0")),
				Arrays.stream(option.apply("server-args=").split(",")).filter((text) -> !text.isEmpty()).toList(),
				Path.of(option.apply("output=target/benchmarks")));
	}

	private static Duration seconds(String text) {
		return Duration.ofMillis((long) (Double.parseDouble(text) * 1000));
	}

	private static <T> List<T> chosen(String names, List<T> all, Function<String, T> named) {
		return names.isEmpty() ? all : Arrays.stream(names.split(",")).map(named).toList();
	}

	private static Contestant one(String id, List<Contestant> all) {
		return all.stream()
			.filter((contestant) -> contestant.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("'" + id + "' is none of: " + names(all, Contestant::id)));
	}

	private static <T> String names(List<T> all, Function<T, String> name) {
		return String.join(", ", all.stream().map(name).toList());
	}

}
