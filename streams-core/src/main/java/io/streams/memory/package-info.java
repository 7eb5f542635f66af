/**
 * Connections without a socket: two transports in one process, each the other's peer; and
 * a network of such connections, with servers that listen on names.
 */
@NullMarked
package io.streams.memory;

import org.jspecify.annotations.NullMarked;
