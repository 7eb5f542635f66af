package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.streams.benchmarks.process.Commands;

import org.jspecify.annotations.Nullable;

/**
 * The demo application, for its cache; it takes part when its jar was built.
 */
final class DemoCacheProgram implements Program {

	private static final Path TARGET = Path.of("..", "demo-app", "target");

	@Override
	public boolean isAvailable() {
		return jar() != null;
	}

	@Override
	public List<String> command(Launch launch) {
		List<String> arguments = new ArrayList<>(launch.jvmArguments());
		// Its Unix socket must not meet that of a demo which runs already.
		arguments.add("-Djava.io.tmpdir=" + launch.directory().toAbsolutePath());
		return Commands.jar(launch.heap(), arguments, String.valueOf(jar()),
				List.of("--streams.servers.cache.port=" + launch.port(), "--streams.servers.echo.port=0",
						"--streams.servers.ticker.port=0", "--server.port=0", "--demo.traffic=false"));
	}

	private static @Nullable Path jar() {
		if (!Files.isDirectory(TARGET)) {
			return null;
		}
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(TARGET, "demo-app-*.jar")) {
			Iterator<Path> found = jars.iterator();
			return found.hasNext() ? found.next() : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

}
