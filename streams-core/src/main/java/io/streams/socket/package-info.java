/**
 * What an event loop needs of the system: sockets that never block, and a poller that
 * tells which of them are ready. Interfaces only; {@code io.streams.nio} has them over
 * the JDK's channels. Not for users of streams.
 */
@NullMarked
package io.streams.socket;

import org.jspecify.annotations.NullMarked;
