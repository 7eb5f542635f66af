/**
 * Keys and their values in memory, with expiry and a bound. Knows nothing of connections.
 */
@NullMarked
package io.streams.demo.cache.store;

import org.jspecify.annotations.NullMarked;
