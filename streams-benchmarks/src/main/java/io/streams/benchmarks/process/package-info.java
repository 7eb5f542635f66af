/**
 * Processes of the measuring: starting them, talking to them, and their figures.
 */
@NullMarked
package io.streams.benchmarks.process;

import org.jspecify.annotations.NullMarked;
