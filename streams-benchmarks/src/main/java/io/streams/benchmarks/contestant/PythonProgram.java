package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

import io.streams.benchmarks.process.Commands;

/**
 * Python's streams.
 *
 * @param loop the module whose event loop they run on
 */
record PythonProgram(String loop) implements Program {

	private static final String SCRIPT = "asyncio_server.py";

	@Override
	public boolean isAvailable() {
		return Commands.works("python3", "-c", "import " + this.loop);
	}

	@Override
	public List<String> command(Launch launch) {
		return List.of("python3", script(launch.directory()).toString(), this.loop, launch.service().name());
	}

	private static Path script(Path directory) {
		try (InputStream source = Objects.requireNonNull(PythonProgram.class.getResourceAsStream(SCRIPT),
				SCRIPT + " is not beside the classes")) {
			Path script = directory.resolve(SCRIPT);
			Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
			return script;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
