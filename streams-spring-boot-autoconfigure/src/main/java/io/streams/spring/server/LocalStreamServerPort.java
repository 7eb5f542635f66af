package io.streams.spring.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Value;

/**
 * Injects into a test, at a field or a parameter, the port that a server was given: the
 * property {@code local.streams.<server>.port}. Works in tests of Spring's TestContext
 * framework such as {@code @SpringBootTest}; other code asks the environment or
 * {@link StreamServers}.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Value(LocalStreamServerPort.UNNAMED)
public @interface LocalStreamServerPort {

	/**
	 * What is injected outside of such tests, where nothing knows of {@link #value()}: it
	 * fails, and its message leads here.
	 */
	String UNNAMED = "${local.streams.<server>.port}";

	/**
	 * The name of the server.
	 * @return the name
	 */
	String value();

}
