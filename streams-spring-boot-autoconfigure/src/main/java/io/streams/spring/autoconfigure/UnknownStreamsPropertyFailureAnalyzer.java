package io.streams.spring.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Analyzes a failure that is caused by a property below {@code streams} of a name that
 * there is not: it tells the names that there are. Ordered before Spring Boot's own
 * analyzer, which has no names to offer.
 */
@Order(0)
class UnknownStreamsPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("streams");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		Collection<ConfigurationProperty> unknown = cause.getUnboundProperties();
		if (unknown.isEmpty() || !unknown.stream().allMatch((property) -> PREFIX.isAncestorOf(property.getName()))) {
			return null;
		}
		String description = unknown.stream()
			.map(UnknownStreamsPropertyFailureAnalyzer::describe)
			.collect(Collectors.joining(System.lineSeparator()));
		String action = unknown.stream()
			.map((property) -> offer(property.getName()))
			.distinct()
			.collect(Collectors.joining(System.lineSeparator(), "Correct the name or remove the property. ", ""));
		return new FailureAnalysis(description, action, cause);
	}

	private static String describe(ConfigurationProperty property) {
		Object origin = property.getOrigin();
		return String.format("There is no property '%s', but it is set to '%s'%s.", property.getName(),
				property.getValue(), (origin != null) ? " (originating from '" + origin + "')" : "");
	}

	/** The names that there are at the place where the name goes wrong. */
	private static String offer(ConfigurationPropertyName name) {
		Class<?> type = StreamsProperties.class;
		int known = PREFIX.getNumberOfElements();
		while (type.isRecord() && known < name.getNumberOfElements()) {
			RecordComponent component = find(type, name.getElement(known, Form.UNIFORM));
			if (component == null) {
				break;
			}
			// The name of a server, or of a host, is in the place of a key: any will do
			known += Map.class.isAssignableFrom(component.getType()) ? 2 : 1;
			type = valueType(component);
		}
		ConfigurationPropertyName parent = name.chop(Math.min(known, name.getNumberOfElements()));
		return type.isRecord() ? "Below '" + parent + "' there are: " + names(type) + "."
				: "'" + parent + "' has nothing below it.";
	}

	private static @Nullable RecordComponent find(Class<?> type, String uniformName) {
		return Arrays.stream(type.getRecordComponents())
			.filter((component) -> component.getName().equalsIgnoreCase(uniformName))
			.findFirst()
			.orElse(null);
	}

	private static Class<?> valueType(RecordComponent component) {
		if (component.getGenericType() instanceof ParameterizedType map
				&& Map.class.isAssignableFrom(component.getType())) {
			Type value = map.getActualTypeArguments()[1];
			return (value instanceof Class<?> type) ? type : Object.class;
		}
		return component.getType();
	}

	private static String names(Class<?> type) {
		return Arrays.stream(type.getRecordComponents())
			.map((component) -> DataObjectPropertyName.toDashedForm(component.getName()))
			.sorted()
			.collect(Collectors.joining(", "));
	}

}
