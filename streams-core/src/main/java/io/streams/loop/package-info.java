/**
 * Event loops and socket transports, TCP and Unix, over any {@link SocketSystem}.
 * Everything but the options and the loops as a whole is package-private.
 */
@NullMarked
package io.streams.loop;

import io.streams.socket.SocketSystem;

import org.jspecify.annotations.NullMarked;
