package io.streams.demo.cache.store;

/**
 * The room that a collection keeps, which grows with it and never shrinks: whoever fills
 * it and takes all but one away would have the room for nothing. Tells when to copy what
 * is left into a new one.
 */
final class Room {

	/** Less than this is not worth a copy. */
	private static final int SMALL = 64;

	/** A copy is made when so many times more was there. */
	private static final int MUCH = 4;

	/** The most that were there since the last copy. */
	private int most;

	void grownTo(int size) {
		this.most = Math.max(this.most, size);
	}

	/**
	 * Whether most of the room is unused; the caller copies what is left then.
	 */
	boolean isMostlyUnusedAt(int size) {
		boolean unused = this.most > SMALL && size < this.most / MUCH;
		if (unused) {
			this.most = size;
		}
		return unused;
	}

}
