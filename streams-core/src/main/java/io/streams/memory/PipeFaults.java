package io.streams.memory;

/**
 * The faults of one direction of a connection by its {@link FaultPlan}: here none. The
 * lock of the {@link MemoryPipe} guards it.
 */
class PipeFaults {

	static final PipeFaults NONE = new PipeFaults();

	/** Bytes that fit, on their way or arrived, where so many would without faults. */
	int window(int capacity) {
		return capacity;
	}

	/** How many of so many bytes a write takes. */
	int writable(int length) {
		return length;
	}

	/** So many bytes were written. */
	void written(int length) {
	}

	/** The writer has ended its side. */
	void ended() {
	}

	/** Whether the plan resets the connection now. */
	boolean isCut() {
		return false;
	}

	/** How many bytes of so many that are not read yet have arrived. */
	int arrived(int unread) {
		return unread;
	}

	/** Whether the end would have arrived, if it was sent. */
	boolean isEndArrived() {
		return true;
	}

	/** When something arrives next; {@link Long#MAX_VALUE} if nothing is on its way. */
	long nextArrival() {
		return Long.MAX_VALUE;
	}

	/** How many of so many bytes a read gives out. */
	int readable(int length) {
		return length;
	}

	/** So many bytes were read. */
	void read(int length) {
	}

}
