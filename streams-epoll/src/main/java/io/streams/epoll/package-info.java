/**
 * Sockets over Linux' epoll, called without the JDK's channels in between. Everything but
 * the factory is package-private.
 */
@NullMarked
package io.streams.epoll;

import org.jspecify.annotations.NullMarked;
