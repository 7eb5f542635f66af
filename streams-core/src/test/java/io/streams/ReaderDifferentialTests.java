package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has the machine's CPython play random cases on its {@code asyncio.StreamReader}, and
 * expects the same here. The seed is printed; {@code -Dstreams.seed=} repeats a run, and
 * {@code -Dstreams.cases=} asks for more of them. In some cases other reads take bytes
 * while {@code readuntil} waits, reads are cancelled and the limit changes. A CPython
 * older than 3.13 gets a {@code readuntil} that knows several separators, as 3.13 has it.
 */
class ReaderDifferentialTests {

	private static final int CASES = Integer.getInteger("streams.cases", 1000);

	private static final int DIFFERENCES_SHOWN = 5;

	@Test
	@Timeout(600)
	void behavesAsTheCPythonOfThisMachine(@TempDir Path directory) throws Exception {
		long seed = Long.getLong("streams.seed", System.nanoTime());
		List<String> differences = new ArrayList<>();
		int cases = 0;
		Process oracle = startOracle(directory, seed);
		try (BufferedReader output = oracle.inputReader(StandardCharsets.UTF_8)) {
			String version = output.readLine();
			System.out.println("ReaderDifferentialTests: CPython " + version + ", -Dstreams.seed=" + seed);
			ObjectMapper mapper = new ObjectMapper();
			for (String line; (line = output.readLine()) != null; cases++) {
				for (ReaderReplay.Form form : ReaderReplay.Form.values()) {
					String difference = new ReaderReplay(mapper.readTree(line), form).run();
					if (difference != null && differences.size() < DIFFERENCES_SHOWN) {
						differences.add(form + " " + difference + " in " + line);
					}
				}
			}
			assertThat(oracle.waitFor()).as("exit of the oracle").isZero();
		}
		finally {
			oracle.destroyForcibly();
		}
		assertThat(cases).isEqualTo(CASES);
		assertThat(differences).as("differing cases of seed %d", seed).isEmpty();
	}

	private static Process startOracle(Path directory, long seed) throws IOException {
		Path script = directory.resolve("reader_oracle.py");
		try (InputStream source = ReaderDifferentialTests.class.getResourceAsStream("reader_oracle.py")) {
			Files.copy(Objects.requireNonNull(source), script);
		}
		return new ProcessBuilder(PythonTool.find().toString(), script.toString(), Long.toString(seed),
				Integer.toString(CASES))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

}
