/**
 * The load generator: one selector thread that allocates nothing while it measures.
 */
@NullMarked
package io.streams.benchmarks.load;

import org.jspecify.annotations.NullMarked;
