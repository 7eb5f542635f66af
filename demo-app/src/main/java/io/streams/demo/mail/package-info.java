/**
 * A server whose clients begin TLS in the middle of the connection.
 */
@NullMarked
package io.streams.demo.mail;

import org.jspecify.annotations.NullMarked;
