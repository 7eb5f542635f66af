/**
 * Typical asyncio programs in Java, as {@code docs/asyncio-parity.md} shows them.
 */
@NullMarked
package io.streams.programs;

import org.jspecify.annotations.NullMarked;
