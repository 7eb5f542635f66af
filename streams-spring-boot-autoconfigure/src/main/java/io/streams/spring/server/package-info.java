/**
 * Servers in an application context: their definitions, the running ones by name, their
 * lifecycle and events.
 */
@NullMarked
package io.streams.spring.server;

import org.jspecify.annotations.NullMarked;
