package io.streams.benchmarks.load;

import java.time.Duration;
import java.util.List;

import io.streams.benchmarks.workload.Workload;

/**
 * What a load generator's process is told.
 *
 * @param kind what to do
 * @param tls whether to do it over TLS
 * @param port the server's port on 127.0.0.1
 * @param serverPid the server's process
 * @param connections how many connections to hold open
 * @param inFlight how many messages are under way on each
 * @param warmup how long to go on before measuring
 * @param measured how long to measure
 */
public record LoadOptions(Workload.Kind kind, boolean tls, int port, long serverPid, int connections, int inFlight,
		Duration warmup, Duration measured) {

	/**
	 * The arguments of a load generator's process.
	 * @return strings that {@link #parse} understands
	 */
	public List<String> arguments() {
		return List.of(this.kind.name(), Boolean.toString(this.tls), Integer.toString(this.port),
				Long.toString(this.serverPid), Integer.toString(this.connections), Integer.toString(this.inFlight),
				this.warmup.toString(), this.measured.toString());
	}

	static LoadOptions parse(String[] arguments) {
		return new LoadOptions(Workload.Kind.valueOf(arguments[0]), Boolean.parseBoolean(arguments[1]),
				Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]), Integer.parseInt(arguments[4]),
				Integer.parseInt(arguments[5]), Duration.parse(arguments[6]), Duration.parse(arguments[7]));
	}

}
