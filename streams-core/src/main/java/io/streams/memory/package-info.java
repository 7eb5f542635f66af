/**
 * A connection without a socket: two transports in one process, each the other's peer.
 */
@NullMarked
package io.streams.memory;

import org.jspecify.annotations.NullMarked;
