/**
 * Sockets in memory, below the event loops: a network of servers and clients that meet by
 * name in one process. A plan of faults and a virtual clock let a test choose what the
 * network does.
 */
@NullMarked
package io.streams.memory;

import org.jspecify.annotations.NullMarked;
