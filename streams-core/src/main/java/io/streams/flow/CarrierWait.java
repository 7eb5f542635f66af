package io.streams.flow;

/**
 * Tells whether a virtual thread could run and waits for a carrier. Safe for use by any
 * thread. The answer may be outdated when it arrives.
 *
 * @since 0.1
 */
public final class CarrierWait {

	private CarrierWait() {
	}

	/**
	 * Returns whether a thread waits for a carrier.
	 * @param thread the thread
	 * @return whether it is a virtual thread that could run and does not
	 */
	public static boolean isWaiting(Thread thread) {
		return thread.isVirtual() && thread.getState() == Thread.State.RUNNABLE && !isMounted(thread);
	}

	/**
	 * Returns whether a virtual thread has a carrier. There is no method for it; the
	 * thread's text names the carrier.
	 * @param thread the thread
	 * @return whether it is a virtual thread with a carrier
	 */
	public static boolean isMounted(Thread thread) {
		String text = thread.isVirtual() ? thread.toString() : "";
		return text.lastIndexOf('@') > text.lastIndexOf('/');
	}

}
