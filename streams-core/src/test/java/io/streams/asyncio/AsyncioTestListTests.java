package io.streams.asyncio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the list of CPython's tests, {@code asyncio-tests.txt}, with the methods that
 * are there, so that none is forgotten.
 */
class AsyncioTestListTests {

	private static final List<Entry> ENTRIES = entries();

	@TestFactory
	Stream<DynamicTest> everyTestIsPresentOrLeftOutForAReason() {
		return ENTRIES.stream().map((entry) -> DynamicTest.dynamicTest(entry.name(), () -> check(entry)));
	}

	@Test
	void everyTestHereIsListed() {
		for (Class<?> type : List.of(AsyncioStreamsTests.class, AsyncioServerTests.class)) {
			Set<String> listed = ENTRIES.stream()
				.filter((entry) -> entry.type() == type)
				.map(Entry::method)
				.collect(Collectors.toSet());
			assertThat(methods(type)).isSubsetOf(listed);
		}
	}

	@Test
	void theListIsComplete() {
		assertThat(ENTRIES).filteredOn((entry) -> entry.type() == AsyncioStreamsTests.class).hasSize(74);
		assertThat(ENTRIES).filteredOn((entry) -> entry.type() == AsyncioServerTests.class).hasSize(11);
		assertThat(ENTRIES).extracting((entry) -> entry.type() + entry.name()).doesNotHaveDuplicates();
	}

	private static void check(Entry entry) {
		if (entry.reason() == null) {
			assertThat(methods(entry.type())).contains(entry.method());
		}
		else {
			assertThat(methods(entry.type())).doesNotContain(entry.method());
			assertThat(entry.reason()).isNotBlank();
		}
	}

	private static Set<String> methods(Class<?> type) {
		return Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> method.isAnnotationPresent(Test.class))
			.map(Method::getName)
			.collect(Collectors.toSet());
	}

	private static List<Entry> entries() {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(
				Objects.requireNonNull(AsyncioTestListTests.class.getResourceAsStream("asyncio-tests.txt")),
				StandardCharsets.UTF_8))) {
			return reader.lines().filter((line) -> !line.isBlank() && !line.startsWith("#")).map(Entry::parse).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A line of the list.
	 *
	 * @param type where the test is if it is present
	 * @param name CPython's name
	 * @param reason why it is left out, or {@code null}
	 */
	private record Entry(Class<?> type, String name, @Nullable String reason) {

		static Entry parse(String line) {
			String[] parts = line.split("\\s+", 3);
			Class<?> type = switch (parts[0]) {
				case "test_streams.py" -> AsyncioStreamsTests.class;
				case "test_server.py" -> AsyncioServerTests.class;
				default -> throw new IllegalArgumentException(line);
			};
			if (parts[2].equals("present")) {
				return new Entry(type, parts[1], null);
			}
			assertThat(parts[2]).as(line).startsWith("left out: ");
			return new Entry(type, parts[1], parts[2].substring("left out: ".length()));
		}

		/** The name in camel case, without {@code test_}. */
		String method() {
			String words = Arrays.stream(this.name.substring("test_".length()).split("_"))
				.filter((word) -> !word.isEmpty())
				.map((word) -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
				.collect(Collectors.joining());
			return Character.toLowerCase(words.charAt(0)) + words.substring(1);
		}

	}

}
