/**
 * Sends every line back.
 */
@NullMarked
package io.streams.demo.echo;

import org.jspecify.annotations.NullMarked;
