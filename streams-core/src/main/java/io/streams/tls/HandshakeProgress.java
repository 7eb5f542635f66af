package io.streams.tls;

/**
 * How far a handshake has come.
 *
 * <pre>
 *   SILENT ──a byte──▶ BEGUN ──a whole message──▶ ANSWERED
 * </pre>
 *
 * @since 0.1
 */
public enum HandshakeProgress {

	/** The peer has sent nothing. */
	SILENT,

	/** The peer has sent a part of its first message. */
	BEGUN,

	/** This side has sent something. */
	ANSWERED

}
