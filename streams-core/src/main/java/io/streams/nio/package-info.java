/**
 * Event loops and socket transports over {@code java.nio}, TCP and Unix. Everything but
 * the factory and its options is package-private.
 */
@NullMarked
package io.streams.nio;

import org.jspecify.annotations.NullMarked;
