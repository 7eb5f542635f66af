package io.streams;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a test brings about a WARN or ERROR of the library, whose message
 * contains a text. {@link StreamsInvariants} fails the test if it is not logged, and if
 * anything else is.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(ExpectedLog.All.class)
public @interface ExpectedLog {

	/** Any number of times, or not at all. */
	int ANY = -2;

	/**
	 * Part of the message.
	 * @return the text
	 */
	String value();

	/**
	 * How often it must be logged.
	 * @return the number, -1 for once or more, or {@link #ANY}
	 */
	int times() default -1;

	/** The container. */
	@Documented
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@interface All {

		ExpectedLog[] value();

	}

}
