package io.streams;

/**
 * The life of a server.
 *
 * <pre>
 *   BOUND ──startServing──▶ SERVING ──close──▶ CLOSING ──last connection gone──▶ CLOSED
 *     └──────────────────close──────────────────▲
 * </pre>
 *
 * @since 0.1
 */
public enum ServerState {

	/** It has its addresses, and accepts nobody yet. */
	BOUND,

	/** It accepts. */
	SERVING,

	/** It accepts nobody any more; connections are still open. */
	CLOSING,

	/** It has no connection left. */
	CLOSED

}
