package io.streams.spring.actuate;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * The constants of an enum as requests have them: lower case words with hyphens.
 */
final class Words {

	private Words() {
	}

	static String of(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Finds the constant that a request names.
	 * @param <E> the enum
	 * @param type the enum
	 * @param name what the request calls it, for who is told that it is wrong
	 * @param text the word of the request
	 * @return the constant
	 */
	static <E extends Enum<E>> E parse(Class<E> type, String name, @Nullable String text) {
		return Arrays.stream(type.getEnumConstants())
			.filter((constant) -> of(constant).equals(text))
			.findFirst()
			.orElseThrow(() -> unknown(type, name));
	}

	private static InvalidEndpointRequestException unknown(Class<? extends Enum<?>> type, String name) {
		String message = "'" + name + "' must be one of "
				+ Arrays.stream(type.getEnumConstants()).map(Words::of).collect(Collectors.joining(", "));
		return new InvalidEndpointRequestException(message, message);
	}

}
