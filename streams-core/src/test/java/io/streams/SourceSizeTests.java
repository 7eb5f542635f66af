package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The size of the files and methods of main code, in all modules.
 */
class SourceSizeTests {

	private static final int MAX_LINES = 400;

	private static final int MAX_METHOD_LINES = 40;

	@Test
	void filesHaveAtMostFourHundredLines() throws IOException {
		Map<String, Integer> tooLarge = new TreeMap<>();
		List<Path> files = mainFiles();
		for (Path file : files) {
			String name = file.getFileName().toString();
			int lines = linesOf(file);
			if (lines > MAX_LINES) {
				tooLarge.put(name, lines);
			}
		}
		assertThat(files).hasSizeGreaterThan(200);
		assertThat(tooLarge).as("files with too many lines").isEmpty();
	}

	@Test
	void methodsHaveAtMostFortyLines() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null,
					manager.getJavaFileObjectsFromPaths(mainFiles()));
			Map<String, Integer> tooLong = new TreeMap<>();
			Iterable<? extends CompilationUnitTree> units = task.parse();
			units.forEach((unit) -> new MethodLengths(unit, Trees.instance(task).getSourcePositions(), tooLong)
				.scan(unit, null));
			tooLong.values().removeIf((lines) -> lines <= MAX_METHOD_LINES);
			assertThat(tooLong).as("methods with too many lines").isEmpty();
		}
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

	/** Notes the lines of each method, from its name to the end of its body. */
	private static final class MethodLengths extends TreeScanner<@Nullable Void, @Nullable Void> {

		private final CompilationUnitTree unit;

		private final SourcePositions positions;

		private final Map<String, Integer> lengths;

		MethodLengths(CompilationUnitTree unit, SourcePositions positions, Map<String, Integer> lengths) {
			this.unit = unit;
			this.positions = positions;
			this.lengths = lengths;
		}

		@Override
		public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
			if (method.getBody() != null) {
				LineMap lines = this.unit.getLineMap();
				long first = lines.getLineNumber(this.positions.getStartPosition(this.unit, method));
				long last = lines.getLineNumber(this.positions.getEndPosition(this.unit, method.getBody()));
				String file = Path.of(this.unit.getSourceFile().getName()).getFileName().toString();
				this.lengths.put(file + ":" + first + " " + method.getName(), (int) (last - first + 1));
			}
			return super.visitMethod(method, nothing);
		}

	}

}
