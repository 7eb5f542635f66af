/**
 * What is asked of the servers.
 */
@NullMarked
package io.streams.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
