package io.streams;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The {@code python3} of the machine. A test that needs one is skipped where there is
 * none, or fails if {@code STREAMS_REQUIRE_TOOLS} is {@code true}.
 */
public final class PythonTool {

	private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("STREAMS_REQUIRE_TOOLS"));

	private PythonTool() {
	}

	/**
	 * Finds python3, or ends the test.
	 * @return where it is
	 */
	public static Path find() {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, "python3"))
			.filter(Files::isExecutable)
			.findFirst()
			.orElseGet(PythonTool::absent);
	}

	private static Path absent() {
		String message = "python3 is not installed: .ci/run installs what the tests need";
		if (REQUIRED) {
			return Assertions.fail(message + ", and STREAMS_REQUIRE_TOOLS is true");
		}
		Assumptions.abort(message);
		throw new IllegalStateException(message);
	}

}
