package io.streams.demo.cache;

import io.streams.demo.cache.resp.RespLimits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much the cache holds, and takes at once.
 *
 * @param maxBytes what keys and values may cost together before commands that add are
 * refused, as Redis's {@code maxmemory}
 * @param maxBulk the longest value, as Redis's {@code proto-max-bulk-len}
 * @param maxRequest the longest request, all its words together and 24 bytes for each
 */
@ConfigurationProperties("demo.cache")
record CacheProperties(@DefaultValue("128MB") DataSize maxBytes, @DefaultValue("1MB") DataSize maxBulk,
		@DefaultValue("4MB") DataSize maxRequest) {

	RespLimits limits() {
		return new RespLimits(RespLimits.DEFAULT_WORDS, Math.toIntExact(this.maxBulk.toBytes()),
				Math.toIntExact(this.maxRequest.toBytes()));
	}

}
