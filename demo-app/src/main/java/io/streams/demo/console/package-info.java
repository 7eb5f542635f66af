/**
 * Text commands about the running servers, on a Unix socket.
 */
@NullMarked
package io.streams.demo.console;

import org.jspecify.annotations.NullMarked;
