/**
 * asyncio's streams for Java: servers, connections, readers and writers with flow control
 * in both directions. Start at {@link io.streams.Streams}.
 */
@NullMarked
package io.streams;

import org.jspecify.annotations.NullMarked;
