/**
 * Meters of stream servers, each built from its documentation.
 */
@NullMarked
package io.streams.spring.metrics;

import org.jspecify.annotations.NullMarked;
