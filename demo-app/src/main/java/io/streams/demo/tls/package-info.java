/**
 * The certificate of the demo.
 */
@NullMarked
package io.streams.demo.tls;

import org.jspecify.annotations.NullMarked;
