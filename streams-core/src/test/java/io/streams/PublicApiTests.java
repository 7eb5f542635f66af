package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The public API is what the file {@code public-api.txt} says: a change of the API shows
 * in the change of the file. To write the file anew, run this test with
 * {@code -Dstreams.api.write=true}.
 */
class PublicApiTests {

	private static final Path FILE = Path.of("src/test/resources/public-api.txt");

	@Test
	void apiIsThatOfTheFile() throws Exception {
		List<String> api = describe();
		if (Boolean.getBoolean("streams.api.write")) {
			Files.write(FILE, api);
		}
		assertThat(api).as("the API; write the file anew if the change is intended")
			.containsExactlyElementsOf(Files.readAllLines(FILE));
	}

	private static List<String> describe() throws Exception {
		List<String> lines = new ArrayList<>();
		for (Class<?> type : types()) {
			lines.add(type.toGenericString() + superTypes(type));
			members(type).forEach((member) -> lines.add("\t" + member));
		}
		return lines;
	}

	/** The public types of the packages that are exported without a qualification. */
	private static List<Class<?>> types() throws IOException, URISyntaxException, ClassNotFoundException {
		Path classes = Path.of(StreamReader.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		List<Class<?>> types = new ArrayList<>();
		for (String exported : new TreeSet<>(exported(classes.resolve("module-info.class")))) {
			for (String name : namesIn(classes.resolve(exported.replace('.', '/')))) {
				Class<?> type = Class.forName(exported + "." + name);
				if (isVisible(type)) {
					types.add(type);
				}
			}
		}
		return types;
	}

	private static Set<String> exported(Path descriptor) throws IOException {
		try (InputStream in = Files.newInputStream(descriptor)) {
			return ModuleDescriptor.read(in)
				.exports()
				.stream()
				.filter(Predicate.not(ModuleDescriptor.Exports::isQualified))
				.map(ModuleDescriptor.Exports::source)
				.collect(Collectors.toSet());
		}
	}

	private static Set<String> namesIn(Path folder) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			return files.map((file) -> Objects.requireNonNull(file.getFileName()).toString())
				.filter((name) -> name.endsWith(".class") && !name.startsWith("package-info"))
				.map((name) -> name.substring(0, name.length() - ".class".length()))
				.collect(Collectors.toCollection(TreeSet::new));
		}
	}

	private static boolean isVisible(Class<?> type) {
		for (Class<?> each = type; each != null; each = each.getDeclaringClass()) {
			if (!Modifier.isPublic(each.getModifiers())) {
				return false;
			}
		}
		return !type.isAnonymousClass() && !type.isLocalClass();
	}

	private static String superTypes(Class<?> type) {
		return Stream.concat(Stream.ofNullable(type.getGenericSuperclass()), Stream.of(type.getGenericInterfaces()))
			.map(Object::toString)
			.collect(Collectors.joining(", ", " : ", ""));
	}

	private static Set<String> members(Class<?> type) {
		Stream<Member> all = Stream
			.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
			.flatMap(Stream::of);
		return all.filter((member) -> !member.isSynthetic())
			.filter((member) -> Modifier.isPublic(member.getModifiers())
					|| (Modifier.isProtected(member.getModifiers()) && !Modifier.isFinal(type.getModifiers())))
			.map(PublicApiTests::describe)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String describe(Member member) {
		return (member instanceof Executable executable) ? executable.toGenericString()
				: ((Field) member).toGenericString();
	}

}
