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

	static <E extends Enum<E>> E parse(Class<E> type, @Nullable String text) {
		return Arrays.stream(type.getEnumConstants())
			.filter((constant) -> of(constant).equals(text))
			.findFirst()
			.orElseThrow(() -> unknown(type));
	}

	private static InvalidEndpointRequestException unknown(Class<? extends Enum<?>> type) {
		String message = "'action' must be one of "
				+ Arrays.stream(type.getEnumConstants()).map(Words::of).collect(Collectors.joining(", "));
		return new InvalidEndpointRequestException(message, message);
	}

}
