package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The size of the files of main code, in all modules. Files that are too large still may
 * only become smaller.
 */
class SourceSizeTests {

	private static final int MAX_LINES = 400;

	/** The files that are larger, and how large they may be. */
	private static final Map<String, Integer> LARGER = Map.ofEntries(Map.entry("TlsTransport.java", 404),
			Map.entry("Streams.java", 454));

	@Test
	void filesAreShortAndThoseThatAreNotBecomeShorter() throws IOException {
		Map<String, Integer> tooLarge = new TreeMap<>();
		List<Path> files = mainFiles();
		for (Path file : files) {
			String name = file.getFileName().toString();
			int lines = linesOf(file);
			if (lines > LARGER.getOrDefault(name, MAX_LINES)) {
				tooLarge.put(name, lines);
			}
		}
		assertThat(files).hasSizeGreaterThan(200);
		assertThat(tooLarge).as("files with too many lines").isEmpty();
	}

	@Test
	void exceptionsAreFilesThatNeedThem() throws IOException {
		Map<String, Integer> sizes = new TreeMap<>();
		for (Path file : mainFiles()) {
			sizes.merge(file.getFileName().toString(), linesOf(file), Math::max);
		}
		assertThat(LARGER.keySet()).allSatisfy((name) -> assertThat(sizes.get(name)).as(name).isGreaterThan(MAX_LINES));
	}

	private static List<Path> mainFiles() throws IOException {
		try (Stream<Path> modules = Files.list(Path.of(".."))) {
			return modules.map((module) -> module.resolve("src/main/java"))
				.filter(Files::isDirectory)
				.flatMap(SourceSizeTests::javaFiles)
				.toList();
		}
	}

	private static Stream<Path> javaFiles(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int linesOf(Path file) {
		try (Stream<String> lines = Files.lines(file)) {
			return (int) lines.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
