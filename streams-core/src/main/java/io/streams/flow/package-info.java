/**
 * Flow control as pure state machines: water marks, the pause rule and the gate at which
 * {@code drain} waits. Nothing here knows of sockets, threads pools or streams.
 */
@NullMarked
package io.streams.flow;

import org.jspecify.annotations.NullMarked;
