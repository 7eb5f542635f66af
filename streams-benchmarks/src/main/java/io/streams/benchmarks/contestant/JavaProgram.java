package io.streams.benchmarks.contestant;

import java.util.List;
import java.util.function.Supplier;

import io.streams.benchmarks.process.Commands;

/**
 * A server of this module, run by {@link ServerMain}.
 *
 * @param contestant the name of the {@link Contestant} whose server it is
 * @param server makes the server, in its process
 */
record JavaProgram(String contestant, Supplier<ContestantServer> server) implements Program {

	@Override
	public boolean isAvailable() {
		return true;
	}

	@Override
	public List<String> command(Launch launch) {
		return Commands.java(launch.heap(), launch.jvmArguments(), ServerMain.class,
				List.of(this.contestant, launch.service().name()));
	}

}
