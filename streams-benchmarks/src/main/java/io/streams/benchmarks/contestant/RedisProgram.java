package io.streams.benchmarks.contestant;

import java.util.ArrayList;
import java.util.List;

import io.streams.benchmarks.process.Commands;

/**
 * The real Redis, which keeps nothing on disk.
 */
final class RedisProgram implements Program {

	/** Debian's redis-tools brings the server's program under another name. */
	private static final String RUN = "exec -a redis-server \"$(command -v redis-server || command -v redis-check-rdb)\" \"$@\"";

	@Override
	public boolean isAvailable() {
		return Commands.works(command("--version").toArray(String[]::new));
	}

	@Override
	public List<String> command(Launch launch) {
		return command("--port", Integer.toString(launch.port()), "--bind", ContestantServer.HOST, "--save", "",
				"--appendonly", "no", "--dir", launch.directory().toString());
	}

	private static List<String> command(String... arguments) {
		List<String> command = new ArrayList<>(List.of("bash", "-c", RUN, "bash"));
		command.addAll(List.of(arguments));
		return command;
	}

}
