/**
 * RESP2, Redis's protocol: requests read from a stream, replies written to one.
 */
@NullMarked
package io.streams.demo.cache.resp;

import org.jspecify.annotations.NullMarked;
