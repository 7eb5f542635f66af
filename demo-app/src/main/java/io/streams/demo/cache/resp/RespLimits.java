package io.streams.demo.cache.resp;

/**
 * How much a client may ask at once.
 *
 * @param words how many words a request may have
 * @param wordBytes how long one word may be
 * @param requestBytes how long all words of a request may be together
 */
public record RespLimits(int words, int wordBytes, int requestBytes) {

	/** How many words Redis takes. */
	public static final int DEFAULT_WORDS = 1024 * 1024;

	public RespLimits {
		if (words < 1 || wordBytes < 1 || requestBytes < wordBytes) {
			throw new IllegalArgumentException(
					"a request of at most " + words + " words, " + wordBytes + " bytes a word and " + requestBytes
							+ " bytes in all: give limits above zero, and no word more than the request");
		}
	}

}
