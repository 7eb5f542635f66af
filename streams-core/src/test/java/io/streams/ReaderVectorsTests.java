package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays what CPython's {@code asyncio.StreamReader} did in some thousand random cases,
 * and expects the same: results, errors with their fields, what stays buffered, the
 * paused state and the calls on the transport.
 */
@Tag("slow")
class ReaderVectorsTests {

	private static final ObjectMapper mapper = new ObjectMapper();

	@ParameterizedTest
	@EnumSource
	@Timeout(60)
	void behavesAsCPythonInEveryCase(ReaderReplay.Form form) throws IOException {
		List<String> differences = new ArrayList<>();
		int cases = 0;
		for (String line : vectors()) {
			JsonNode vector = mapper.readTree(line);
			String difference = new ReaderReplay(vector, form).run();
			if (difference != null) {
				differences.add(difference);
			}
			cases++;
		}
		assertThat(cases).isEqualTo(6000);
		assertThat(differences).as("differing cases").isEmpty();
	}

	private static List<String> vectors() {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(
				new GZIPInputStream(ReaderVectorsTests.class.getResourceAsStream("reader-vectors.jsonl.gz")),
				StandardCharsets.UTF_8))) {
			return reader.lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
