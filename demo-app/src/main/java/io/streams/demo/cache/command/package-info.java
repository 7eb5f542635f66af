/**
 * What a client can ask of the cache, in Redis's words.
 */
@NullMarked
package io.streams.demo.cache.command;

import org.jspecify.annotations.NullMarked;
