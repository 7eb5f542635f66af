/**
 * Servers and clients that show what the library does.
 */
@NullMarked
package io.streams.demo;

import org.jspecify.annotations.NullMarked;
