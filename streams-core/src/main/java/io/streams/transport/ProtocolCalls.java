package io.streams.transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a protocol on behalf of the thread that filled or emptied a write buffer. Logs an
 * exception of the protocol instead of throwing it: the caller of {@code write} did not
 * cause it, and its bytes must still be sent. The connection stays open.
 * <p>
 * For use by transports, with the transport's lock held, as {@link Protocol} describes.
 *
 * @since 0.1
 */
public final class ProtocolCalls {

	private static final Logger logger = LoggerFactory.getLogger(ProtocolCalls.class);

	private ProtocolCalls() {
	}

	/**
	 * Tells a protocol to pause writing.
	 * @param protocol the protocol
	 * @param transport names the connection in the log
	 */
	public static void pauseWriting(Protocol protocol, Transport transport) {
		try {
			protocol.pauseWriting();
		}
		catch (RuntimeException | Error ex) {
			log(transport, "pause writing", ex);
		}
	}

	/**
	 * Tells a protocol to resume writing.
	 * @param protocol the protocol
	 * @param transport names the connection in the log
	 */
	public static void resumeWriting(Protocol protocol, Transport transport) {
		try {
			protocol.resumeWriting();
		}
		catch (RuntimeException | Error ex) {
			log(transport, "resume writing", ex);
		}
	}

	/**
	 * Tells a protocol how many bytes left for the peer.
	 * @param protocol the protocol
	 * @param transport names the connection in the log
	 * @param count the number of bytes, 1 or more
	 */
	public static void bytesSent(Protocol protocol, Transport transport, long count) {
		try {
			protocol.bytesSent(count);
		}
		catch (RuntimeException | Error ex) {
			log(transport, "count the bytes sent after writing", ex);
		}
	}

	private static void log(Transport transport, String action, Throwable ex) {
		logger.error("The protocol of {} failed to {}; the connection goes on", transport, action, ex);
	}

}
