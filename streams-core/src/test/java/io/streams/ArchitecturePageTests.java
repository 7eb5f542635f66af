package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares {@code docs/architecture.md} with the main code of all modules: the classes,
 * methods and packages that the page names exist, and it names every package of the
 * library.
 */
class ArchitecturePageTests {

	private static final Path ROOT = Path.of("..");

	private static final Path PAGE = ROOT.resolve("docs").resolve("architecture.md");

	/** Modules whose packages the page must name. */
	private static final List<String> MODULES = List.of("streams-core", "streams-epoll",
			"streams-spring-boot-autoconfigure");

	private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```$");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	/** A class, with the member that follows it, if one does. */
	private static final Pattern NAME = Pattern.compile("(?<![\\w.])([A-Z]\\w*)(?:\\.(\\w+))?");

	private static final Pattern PACKAGE = Pattern.compile("\\bio\\.streams(?:\\.[a-z]+)*\\b");

	private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9_]+");

	@Test
	void everyClassExists() throws IOException {
		Set<String> classes = sources().keySet();
		assertThat(names()).hasSizeGreaterThan(100).allSatisfy((name) -> assertThat(classes).contains(classOf(name)));
	}

	@Test
	void everyMemberExists() throws IOException {
		Map<String, List<Path>> sources = sources();
		List<String> missing = new ArrayList<>();
		for (String name : names()) {
			String member = name.substring(classOf(name).length());
			if (!member.isEmpty() && !isDeclared(member.substring(1), sources.getOrDefault(classOf(name), List.of()))) {
				missing.add(name);
			}
		}
		assertThat(missing).as("members that no source file of their class declares").isEmpty();
	}

	@Test
	void everyPackageExists() throws IOException {
		Set<String> named = find(PACKAGE, Files.readString(PAGE)).map(MatchResult::group).collect(Collectors.toSet());
		assertThat(packagesOf(modules())).containsAll(named);
	}

	@Test
	void pageNamesEveryPackageOfTheLibrary() throws IOException {
		Set<String> named = find(PACKAGE, Files.readString(PAGE)).map(MatchResult::group).collect(Collectors.toSet());
		Set<String> packages = packagesOf(MODULES.stream().map(ROOT::resolve).toList());
		assertThat(packages).contains("io.streams", "io.streams.epoll");
		assertThat(named).containsAll(packages);
	}

	/** Returns the names in code spans, each with its member, if it has one. */
	private static Set<String> names() throws IOException {
		String text = FENCE.matcher(Files.readString(PAGE)).replaceAll("");
		return find(CODE, text).flatMap((span) -> find(NAME, span.group(1)))
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String classOf(String name) {
		int dot = name.indexOf('.');
		return (dot < 0) ? name : name.substring(0, dot);
	}

	/** Whether a file declares a constant, a nested type or a method. */
	private static boolean isDeclared(String member, List<Path> files) throws IOException {
		String declaration = "(?m)^\\t+(?!return |throw |new |else |\\*)[\\w@<>?,\\[\\]. ]+ " + member + "\\(";
		if (CONSTANT.matcher(member).matches()) {
			declaration = "\\b" + member + "\\b";
		}
		else if (Character.isUpperCase(member.charAt(0))) {
			declaration = "\\b(class|interface|enum|record) " + member + "\\b";
		}
		for (Path file : files) {
			if (Pattern.compile(declaration).matcher(Files.readString(file)).find()) {
				return true;
			}
		}
		return false;
	}

	/** Returns the source files of main code by the name of their class. */
	private static Map<String, List<Path>> sources() throws IOException {
		return modules().stream()
			.flatMap(ArchitecturePageTests::javaFiles)
			.collect(Collectors.groupingBy((file) -> nameOf(file).replace(".java", ""), TreeMap::new,
					Collectors.toList()));
	}

	private static Set<String> packagesOf(List<Path> modules) {
		return modules.stream()
			.flatMap((module) -> javaFiles(module).filter((file) -> !nameOf(file).endsWith("-info.java"))
				.map((file) -> mainOf(module).relativize(Objects.requireNonNull(file.getParent()))))
			.map((folder) -> folder.toString().replace(folder.getFileSystem().getSeparator(), "."))
			.collect(Collectors.toSet());
	}

	private static List<Path> modules() throws IOException {
		try (Stream<Path> folders = Files.list(ROOT)) {
			return folders.filter((folder) -> Files.isDirectory(mainOf(folder))).toList();
		}
	}

	private static Path mainOf(Path module) {
		return module.resolve("src").resolve("main").resolve("java");
	}

	private static String nameOf(Path file) {
		return Objects.requireNonNull(file.getFileName()).toString();
	}

	private static Stream<Path> javaFiles(Path module) {
		try (Stream<Path> files = Files.walk(mainOf(module))) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<MatchResult> find(Pattern pattern, String text) {
		return pattern.matcher(text).results();
	}

}
