/**
 * The harness that measures Streams beside its peers.
 */
@NullMarked
package io.streams.benchmarks;

import org.jspecify.annotations.NullMarked;
