/**
 * Two clients that keep the servers busy: one that reads fast, one that does not.
 */
@NullMarked
package io.streams.demo.traffic;

import org.jspecify.annotations.NullMarked;
