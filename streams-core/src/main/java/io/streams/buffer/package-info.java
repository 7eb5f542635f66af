/**
 * Bytes in memory: a segmented queue over a bounded pool of segments.
 */
@NullMarked
package io.streams.buffer;

import org.jspecify.annotations.NullMarked;
