/**
 * The tests of CPython's {@code test_asyncio} that can be meant in Java, each under its
 * own name, written anew.
 */
@NullMarked
package io.streams.asyncio;

import org.jspecify.annotations.NullMarked;
