/**
 * Medians, ratios and spreads, as a table and as JSON.
 */
@NullMarked
package io.streams.benchmarks.report;

import org.jspecify.annotations.NullMarked;
