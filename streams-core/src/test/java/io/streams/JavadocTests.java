package io.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that users see has Javadoc, without errors, and says since when it exists.
 */
class JavadocTests {

	private static final Path SOURCES = Path.of("src/main/java");

	private static final List<String> API = List.of("", "flow", "memory", "loop", "nio", "tls", "transport");

	private static final Pattern PUBLIC_TYPE = Pattern
		.compile("(?m)^public (?:abstract |final |sealed )*(?:class|interface|enum|record|@interface) ");

	/** The JDK's own check of comments, as {@code javac} offers it. */
	@Test
	void everyVisibleMemberHasItsComment(@TempDir Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		List<String> options = List.of("-proc:none", "-Xdoclint:all/protected",
				"-Xdoclint/package:-io.streams.buffer,-io.streams.socket", "-Xmaxwarns", "1000", "-d",
				classes.toString(), "-classpath", System.getProperty("java.class.path"));
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(found, Locale.ROOT, null)) {
			boolean compiled = compiler
				.getTask(null, manager, found, options, null, manager.getJavaFileObjectsFromPaths(javaFiles()))
				.call();
			assertThat(compiled).isTrue();
		}
		assertThat(found.getDiagnostics().stream().filter(JavadocTests::isAboutComments)).isEmpty();
	}

	private static boolean isAboutComments(Diagnostic<?> diagnostic) {
		return diagnostic.getCode().contains("proc.messager");
	}

	@Test
	void everyPublicTypeSaysSinceWhenItExists() throws IOException {
		List<String> missing = new ArrayList<>();
		int types = 0;
		for (String name : API) {
			for (Path file : javaFilesIn(SOURCES.resolve("io/streams").resolve(name))) {
				String text = Files.readString(file);
				if (PUBLIC_TYPE.matcher(text).find()) {
					types++;
					if (!text.contains("@since ")) {
						missing.add(file.toString());
					}
				}
			}
		}
		assertThat(types).isGreaterThan(50);
		assertThat(missing).isEmpty();
	}

	private static List<Path> javaFilesIn(Path folder) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList();
		}
	}

	private static List<Path> javaFiles() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			return files.filter((file) -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
				.toList();
		}
	}

}
