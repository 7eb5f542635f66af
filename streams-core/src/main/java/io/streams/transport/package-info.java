/**
 * What a transport and a protocol are to each other: interfaces, states, settings and
 * errors only. Sockets, TLS, in-memory and fault-injecting transports plug in here.
 */
@NullMarked
package io.streams.transport;

import org.jspecify.annotations.NullMarked;
