/**
 * The contract between a transport and a protocol: interfaces, states, options and errors
 * only. Sockets, TLS, in-memory and fault-injecting transports plug in here.
 */
@NullMarked
package io.streams.transport;

import org.jspecify.annotations.NullMarked;
