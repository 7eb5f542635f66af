/**
 * The actuator endpoint that shows servers and connections.
 */
@NullMarked
package io.streams.spring.actuate;

import org.jspecify.annotations.NullMarked;
