package io.streams.flow;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Copies of errors have the type and message of the original where the type allows that.
 */
class FreshFailureTests {

	static Stream<IOException> copyable() {
		return Stream.of(new IOException("text"), new IOException((String) null), new EOFException(),
				new EOFException("end"), new SocketException("Broken pipe"), new SSLException("closed"),
				new SSLHandshakeException("no cipher"), new WithCause("own", null), new WithMessage("own"),
				new WithoutMessage(), new IOException("text", new SocketException("text")), new WithFields("own", 7));
	}

	@ParameterizedTest
	@MethodSource("copyable")
	void copyHasTypeMessageAndOriginalAsCause(IOException original) {
		IOException copy = FreshFailure.of(original);
		assertThat(copy).isNotSameAs(original).isExactlyInstanceOf(original.getClass());
		assertThat(copy.getMessage()).isEqualTo(original.getMessage());
		assertThat(copy.getCause()).isSameAs(original);
		assertThat(copy.getStackTrace()).extracting(StackTraceElement::getMethodName)
			.contains("copyHasTypeMessageAndOriginalAsCause");
		assertThat(FreshFailure.of(original)).isNotSameAs(copy);
	}

	@Test
	void copyOfUncopyableTypeIsPlainIOException() {
		for (IOException original : new IOException[] { new Decorated("x"), new Refusing("x"), new Hidden("x"),
				new IOException("anonymous") {
					private static final long serialVersionUID = 1L;

				} }) {
			IOException copy = FreshFailure.of(original);
			assertThat(copy).isExactlyInstanceOf(IOException.class).hasMessage(original.getMessage());
			assertThat(copy.getCause()).isSameAs(original);
		}
	}

	@Test
	void copyOfUncopyableSubtypeHasNearestSupertype() {
		IOException original = new HiddenSocket("reset");
		assertThat(FreshFailure.of(original)).isExactlyInstanceOf(SocketException.class).hasMessage("reset");
		IOException inheriting = new WithoutFields();
		assertThat(FreshFailure.of(inheriting)).isExactlyInstanceOf(WithFields.class).extracting("code").isEqualTo(9);
	}

	@Test
	void copyKeepsFieldsOfCopyableType() {
		IOException copy = FreshFailure.of(new WithFields("own", 42));
		assertThat(copy).isInstanceOfSatisfying(WithFields.class, (own) -> assertThat(own.code).isEqualTo(42));
	}

	@Test
	void failingCopyMethodDoesNotHideTheError() {
		IOException original = new Broken("lost");
		assertThat(FreshFailure.of(original)).isExactlyInstanceOf(IOException.class).hasMessage("lost");
	}

	/** Has the constructor of most exceptions. */
	public static class WithCause extends IOException {

		private static final long serialVersionUID = 1L;

		public WithCause(String message, Throwable cause) {
			super(message, cause);
		}

	}

	private static class WithMessage extends IOException {

		private static final long serialVersionUID = 1L;

		@SuppressWarnings("unused")
		public WithMessage(String message) {
			super(message);
		}

	}

	public static class WithoutMessage extends IOException {

		private static final long serialVersionUID = 1L;

		public WithoutMessage() {
			super("always the same");
		}

	}

	public static class Decorated extends IOException {

		private static final long serialVersionUID = 1L;

		public Decorated(String message) {
			super("decorated " + message);
		}

	}

	public static class Refusing extends IOException {

		private static final long serialVersionUID = 1L;

		private static int made;

		public Refusing(String message) {
			super(message);
			if (made++ > 0) {
				throw new IllegalStateException("one is enough");
			}
		}

	}

	public static class Hidden extends IOException {

		private static final long serialVersionUID = 1L;

		Hidden(String message) {
			super(message);
		}

	}

	public static class HiddenSocket extends SocketException {

		private static final long serialVersionUID = 1L;

		HiddenSocket(String message) {
			super(message);
		}

	}

	public static class WithFields extends IOException implements FreshFailure.Copyable {

		private static final long serialVersionUID = 1L;

		private final int code;

		WithFields(String message, int code) {
			super(message);
			this.code = code;
		}

		@Override
		public IOException copy() {
			return new WithFields(getMessage(), this.code);
		}

	}

	public static class WithoutFields extends WithFields {

		private static final long serialVersionUID = 1L;

		WithoutFields() {
			super("inherited", 9);
		}

	}

	public static class Broken extends IOException implements FreshFailure.Copyable {

		private static final long serialVersionUID = 1L;

		Broken(String message) {
			super(message);
		}

		@Override
		public IOException copy() {
			throw new IllegalStateException("cannot be copied");
		}

	}

}
