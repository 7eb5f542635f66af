/**
 * Health of stream servers.
 */
@NullMarked
package io.streams.spring.health;

import org.jspecify.annotations.NullMarked;
