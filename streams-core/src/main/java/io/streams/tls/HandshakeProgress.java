package io.streams.tls;

/**
 * How far a handshake has come.
 *
 * <pre>
 *   SILENT ──a byte──▶ BEGUN ──a whole message──▶ ANSWERED
 * </pre>
 */
public enum HandshakeProgress {

	/** The peer has sent nothing. */
	SILENT,

	/** The peer has sent a part of its first message. */
	BEGUN,

	/** This side has sent something. */
	ANSWERED

}
