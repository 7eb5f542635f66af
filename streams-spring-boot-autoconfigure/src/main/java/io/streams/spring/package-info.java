/**
 * Streams in a Spring Boot application.
 */
@NullMarked
package io.streams.spring;

import org.jspecify.annotations.NullMarked;
