/**
 * JMH benchmarks of the core's inner loops.
 */
@NullMarked
package io.streams.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
