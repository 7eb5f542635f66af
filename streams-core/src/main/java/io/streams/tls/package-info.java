/**
 * TLS over any transport, from the first byte or from the middle. Knows nothing of
 * sockets.
 */
@NullMarked
package io.streams.tls;

import org.jspecify.annotations.NullMarked;
