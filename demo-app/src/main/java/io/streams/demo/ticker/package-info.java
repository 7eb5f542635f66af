/**
 * A server that says more than anybody can read, so that it can be seen waiting.
 */
@NullMarked
package io.streams.demo.ticker;

import org.jspecify.annotations.NullMarked;
