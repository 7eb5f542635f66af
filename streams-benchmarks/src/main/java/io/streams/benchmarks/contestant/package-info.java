/**
 * The servers that are measured, each in its peer's recommended configuration.
 */
@NullMarked
package io.streams.benchmarks.contestant;

import org.jspecify.annotations.NullMarked;
