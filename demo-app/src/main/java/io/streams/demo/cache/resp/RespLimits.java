package io.streams.demo.cache.resp;

/**
 * How much a client may ask at once.
 *
 * @param words how many words a request may have
 * @param wordBytes how long one word may be
 * @param requestBytes how long all words of a request may be together, each with
 * {@link #WORD_OVERHEAD}
 */
public record RespLimits(int words, int wordBytes, int requestBytes) {

	/** How many words Redis takes. */
	public static final int DEFAULT_WORDS = 1024 * 1024;

	/** Bytes that a word costs beside its own: it may be empty, and there may be many. */
	static final int WORD_OVERHEAD = 24;

	public RespLimits {
		if (words < 1 || wordBytes < 1 || requestBytes < wordBytes) {
			throw new IllegalArgumentException(
					"a request of at most " + words + " words, " + wordBytes + " bytes a word and " + requestBytes
							+ " bytes in all: give limits above zero, and no word more than the request");
		}
	}

}
