/**
 * Sockets over {@code java.nio}. Everything but the factory is package-private.
 */
@NullMarked
package io.streams.nio;

import org.jspecify.annotations.NullMarked;
