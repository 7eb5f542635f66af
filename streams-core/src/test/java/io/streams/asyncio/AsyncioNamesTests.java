package io.streams.asyncio;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.streams.IncompleteReadException;
import io.streams.LimitOverrunException;
import io.streams.PythonTool;
import io.streams.ReaderFeed;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the tables of {@code docs/asyncio-parity.md} with the code of both sides:
 * every name of asyncio's is on the page, and every name of ours that the page gives for
 * one is there.
 */
class AsyncioNamesTests {

	private static final Path PAGE = Path.of("..", "docs", "asyncio-parity.md");

	/** The classes whose names a section gives; others may have names of any class. */
	private static final Map<String, List<Class<?>>> SECTIONS = Map.of("StreamReader",
			List.of(StreamReader.class, ReaderFeed.class, IncompleteReadException.class, LimitOverrunException.class),
			"StreamWriter", List.of(StreamWriter.class, StreamConnection.class), "Server", List.of(StreamServer.class));

	/** Names of the JDK and of the language that stand on the page. */
	private static final Set<String> FOREIGN = Set.of("CompletionStage", "CompletableFuture", "List", "Thread",
			"SSLSession", "ByteBuffer", "FileChannel", "Duration", "IOException", "IllegalArgumentException",
			"IllegalStateException", "of", "orTimeout", "interrupt", "cancel", "for", "try", "Async");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	/** A type, or what is called, or a whole span that is one name. */
	private static final Pattern NAME = Pattern.compile("\\b[A-Z]\\w+|\\w+(?=\\()|(?<=\\.)\\w+|^\\w+$");

	private static final String PYTHON_NAMES = """
			import asyncio, asyncio.streams, inspect
			loop = asyncio.base_events.BaseEventLoop
			unix = asyncio.unix_events._UnixSelectorEventLoop
			names = set()
			for cls in (asyncio.StreamReader, asyncio.StreamWriter, asyncio.base_events.Server, asyncio.Transport,
			            asyncio.Protocol, asyncio.streams.FlowControlMixin):
			    names.update(name for name in dir(cls) if not name.startswith('_'))
			for function in (loop.create_connection, loop.create_server, unix.create_unix_server,
			                 unix.create_unix_connection, asyncio.start_server, asyncio.open_connection):
			    names.update(inspect.signature(function).parameters)
			print(' '.join(sorted(names - {'self', 'protocol_factory', 'kwds', 'client_connected_cb'})))
			""";

	private static final Map<String, Set<String>> OURS = ours();

	@TestFactory
	Stream<DynamicTest> everyNameOfOursIsThere() throws IOException {
		List<DynamicTest> tests = new ArrayList<>();
		String section = "";
		for (String line : tables()) {
			if (line.startsWith("#")) {
				section = line.replaceAll("[#` ]", "");
			}
			else if (line.startsWith("|")) {
				Set<String> known = known(section);
				for (String name : namesOfOurs(line)) {
					tests.add(DynamicTest.dynamicTest(section + ": " + name,
							() -> assertThat(known.contains(name)).as("there is a %s", name).isTrue()));
				}
			}
		}
		assertThat(tests).hasSizeGreaterThan(150);
		return tests.stream();
	}

	/** asyncio's names as the Python of the machine has them. */
	@Test
	void everyNameOfAsynciosIsOnThePage() throws Exception {
		Process python = new ProcessBuilder(PythonTool.find().toString(), "-c", PYTHON_NAMES)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		assertThat(python.waitFor()).isZero();
		Set<String> names = Set.of(output.split(" "));
		assertThat(names).hasSizeGreaterThan(50);
		String page = String.join("\n", tables());
		assertThat(names).allSatisfy((name) -> assertThat(page).containsPattern("`[^`]*\\b" + name + "\\b[^`]*`"));
	}

	/** The page without its programs. */
	private static List<String> tables() throws IOException {
		List<String> lines = Files.readAllLines(PAGE);
		return lines.subList(0, lines.indexOf("## Programs"));
	}

	/** Names in the second column, or in the first if the second says so. */
	private static List<String> namesOfOurs(String row) {
		String[] cells = row.split("\\|");
		if (cells.length < 3) {
			return List.of();
		}
		Stream<String> spans = spans(cells[2]);
		if (cells[2].contains("the same in camel case")) {
			spans = Stream.concat(spans, spans(cells[1]).map(AsyncioNamesTests::inCamelCase));
		}
		return spans.flatMap((span) -> NAME.matcher(span).results())
			.map(MatchResult::group)
			.filter((name) -> !FOREIGN.contains(name))
			.distinct()
			.toList();
	}

	private static Stream<String> spans(String cell) {
		return CODE.matcher(cell).results().map((result) -> result.group(1));
	}

	private static String inCamelCase(String name) {
		return Pattern.compile("_(\\w)")
			.matcher(name)
			.replaceAll((result) -> result.group(1).toUpperCase())
			.replace("=", "");
	}

	private static Set<String> known(String section) {
		List<Class<?>> classes = SECTIONS.get(section);
		if (classes == null) {
			return OURS.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
		}
		Set<String> known = new HashSet<>(OURS.keySet());
		classes.forEach((type) -> known.addAll(OURS.get(type.getSimpleName())));
		return known;
	}

	/** The names of each public type, its own among them. */
	private static Map<String, Set<String>> ours() {
		return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("io.streams")
			.stream()
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.collect(Collectors.toMap(JavaClass::getSimpleName, (type) -> names(type.reflect()), (one, other) -> {
				Set<String> both = new HashSet<>(one);
				both.addAll(other);
				return both;
			}));
	}

	private static Set<String> names(Class<?> type) {
		Stream<String> methods = Arrays.stream(type.getMethods()).map(Method::getName);
		Stream<String> fields = Arrays.stream(type.getFields()).map(Field::getName);
		return Stream.concat(Stream.of(type.getSimpleName()), Stream.concat(methods, fields))
			.collect(Collectors.toSet());
	}

}
