/**
 * Methods as connection handlers: the annotation, their discovery and their invocation.
 */
@NullMarked
package io.streams.spring.handler;

import org.jspecify.annotations.NullMarked;
