/**
 * A small cache that speaks Redis's protocol.
 */
@NullMarked
package io.streams.demo.cache;

import org.jspecify.annotations.NullMarked;
