package io.streams;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrintableThrowable}.
 */
class PrintableThrowableTests {

	@Test
	void shortTraceIsLoggedAsItIs() {
		Exception failure = new IllegalStateException("outer", new IOException("inner"));
		failure.addSuppressed(new IOException("suppressed"));
		assertThat(PrintableThrowable.of(failure)).isSameAs(failure);
	}

	@Test
	void deepTraceHasItsFirstAndLastFrames() {
		Exception failure = withFrames(new IllegalStateException("deep"), 1000);
		List<String> lines = logged(failure).lines().toList();
		assertThat(lines).hasSize(66);
		assertThat(lines.get(0)).endsWith("java.lang.IllegalStateException: deep");
		assertThat(lines.get(1)).isEqualTo("\tat Type.method0(Type.java:0)");
		assertThat(lines.get(48)).isEqualTo("\tat Type.method47(Type.java:47)");
		assertThat(lines.get(49)).isEqualTo("\tat ...(936 frames omitted)");
		assertThat(lines.get(50)).isEqualTo("\tat Type.method984(Type.java:984)");
		assertThat(lines.get(65)).isEqualTo("\tat Type.method999(Type.java:999)");
	}

	@Test
	void stackOverflowIsShort() {
		try {
			recurse(1);
		}
		catch (StackOverflowError ex) {
			assertThat(logged(ex)).contains("java.lang.StackOverflowError", "frames omitted", "recurse")
				.hasLineCount(66);
		}
	}

	@Test
	void rootCauseOfManyIsShown() {
		Throwable failure = new IOException("root");
		for (int i = 0; i < 50; i++) {
			failure = new IllegalStateException("level " + i, failure);
		}
		assertThat(logged(failure))
			.contains("level 49", "level 46", "... 46 causes omitted", "java.io.IOException: root")
			.doesNotContain("level 45");
	}

	@Test
	void manySuppressedFailuresAreCounted() {
		Exception failure = new IOException("outer");
		IntStream.range(0, 100).forEach((i) -> failure.addSuppressed(new IOException("suppressed " + i)));
		assertThat(logged(failure)).contains("suppressed 0", "suppressed 3", "... 96 suppressed exceptions omitted")
			.doesNotContain("suppressed 4");
	}

	@Test
	void failureWhoseMethodsThrowIsLoggedByTheNameOfItsClass() {
		assertThat(logged(new Hostile(0))).contains(Hostile.class.getName(), "toString threw");
		assertThat(logged(new IllegalStateException("outer", new Hostile(0)))).contains("outer",
				Hostile.class.getName());
	}

	@Test
	void failureWhoseMethodsThrowLaterIsLogged() {
		List<Throwable> logged = new ArrayList<>();
		// The methods work while the text is checked, and throw for the logger.
		for (int calls = 0; calls < 12; calls++) {
			PrintableThrowable.log(new Hostile(calls), (printable) -> {
				print(printable);
				logged.add(printable);
			});
		}
		assertThat(logged).hasSize(12);
	}

	@Test
	void everyTraceIsBoundedAndNamesTheFailure() {
		long seed = System.nanoTime();
		System.out.println("PrintableThrowableTests: seed " + seed);
		Random random = new Random(seed);
		for (int i = 0; i < 300; i++) {
			List<Throwable> all = new ArrayList<>();
			Throwable failure = random(random, all, 0);
			String text = logged(failure);
			assertThat(text).as("seed %s, case %s", seed, i).contains(failure.getClass().getName());
			assertThat(text.lines().count()).as("seed %s, case %s", seed, i)
				.isLessThanOrEqualTo(PrintableThrowable.MAX_LINES);
			assertThat(text.lines()).as("seed %s, case %s", seed, i)
				.allMatch((line) -> line.matches("[\\t\\x20-\\x7e…]{0,700}"));
		}
	}

	/** Causes and suppressed failures may lead back to any failure before them. */
	private static Throwable random(Random random, List<Throwable> all, int depth) {
		String text = random.nextInt(4) == 0 ? "two\nlines" : "x".repeat(random.nextInt(1000));
		Looped failure = (random.nextInt(8) == 0) ? new Hostile(random.nextInt(12)) : new Looped(text);
		withFrames(failure, (random.nextInt(3) == 0) ? random.nextInt(3000) : random.nextInt(40));
		all.add(failure);
		if (depth < 60 && random.nextInt(10) > 0) {
			failure.cause = (random.nextInt(5) == 0) ? all.get(random.nextInt(all.size()))
					: random(random, all, depth + 1);
		}
		for (int i = (depth < 6) ? random.nextInt(4) : 0; i > 0; i--) {
			Throwable suppressed = (random.nextInt(5) == 0) ? all.get(random.nextInt(all.size()))
					: random(random, all, depth + 20);
			if (suppressed != failure) {
				failure.addSuppressed(suppressed);
			}
		}
		return failure;
	}

	private static String logged(Throwable failure) {
		List<String> texts = new ArrayList<>();
		PrintableThrowable.log(failure, (printable) -> texts.add(print(printable)));
		return texts.getFirst();
	}

	/** Prints by Logback and by the JDK, and returns the longer text. */
	private static String print(Throwable printable) {
		StringWriter jdk = new StringWriter();
		printable.printStackTrace(new PrintWriter(jdk, true));
		String logback = ThrowableProxyUtil.asString(new ThrowableProxy(printable));
		return (jdk.toString().lines().count() > logback.lines().count()) ? jdk.toString() : logback;
	}

	private static int recurse(int depth) {
		return (depth > 0) ? 1 + recurse(depth + 1) : 0;
	}

	private static <T extends Throwable> T withFrames(T failure, int count) {
		failure.setStackTrace(IntStream.range(0, count)
			.mapToObj((i) -> new StackTraceElement("Type", "method" + i, "Type.java", i))
			.toArray(StackTraceElement[]::new));
		return failure;
	}

	private static class Looped extends CompletionException {

		private static final long serialVersionUID = 1L;

		Throwable cause;

		Looped(String message) {
			super(message);
		}

		@Override
		public Throwable getCause() {
			return this.cause;
		}

	}

	/** Its methods throw after some calls. */
	private static final class Hostile extends Looped {

		private static final long serialVersionUID = 1L;

		private int calls;

		Hostile(int calls) {
			super("hostile");
			this.calls = calls;
		}

		@Override
		public String getMessage() {
			count();
			return super.getMessage();
		}

		@Override
		public Throwable getCause() {
			count();
			return super.getCause();
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			count();
			return super.getStackTrace();
		}

		private void count() {
			if (this.calls-- <= 0) {
				throw new UnsupportedOperationException("hostile");
			}
		}

	}

}
