package io.streams.tls;

import java.io.IOException;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Refuses renegotiation, which TLS before 1.3 allows. The JDK can refuse it for the whole
 * JVM only, by {@code jdk.tls.rejectClientInitiatedRenegotiation}.
 * <p>
 * After the handshake, the only cipher suite of the engine is the one that signals secure
 * renegotiation and encrypts nothing. A second handshake then fails inside the engine,
 * which makes the fatal alert {@code handshake_failure} of it. The engine has no other
 * way to send an alert of the caller's choice. Event loop only.
 */
final class TlsRenegotiation {

	private static final String[] SIGNAL_ONLY = { "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" };

	private final TlsLink link;

	/** Whether a second handshake fails inside the engine. */
	private boolean prevented;

	TlsRenegotiation(TlsLink link) {
		this.link = link;
	}

	/** Prevents a second handshake. Call this when the first one has succeeded. */
	void prevent() {
		if (this.link.canEndOneSide()) {
			// TLS 1.3 has no renegotiation.
			return;
		}
		try {
			this.link.engine().setEnabledCipherSuites(SIGNAL_ONLY);
			this.prevented = true;
		}
		catch (RuntimeException ex) {
			// Another provider may not know the suite: the peer receives a close_notify.
			this.prevented = false;
		}
	}

	/**
	 * Returns the error for a peer that began a second handshake. The engine has the
	 * alert ready afterwards.
	 */
	SSLException refuse() {
		SSLException refused = new SSLException("The peer asked for a renegotiation, which is refused");
		if (this.prevented) {
			try {
				runTasks(this.link.engine());
				this.link.writeSide().wrapNothing();
			}
			catch (IOException | RuntimeException ex) {
				refused.addSuppressed(ex);
			}
		}
		return refused;
	}

	/**
	 * Runs here, because the search for a common cipher suite fails without any
	 * cryptography.
	 */
	private static void runTasks(SSLEngine engine) {
		Runnable task;
		while ((task = engine.getDelegatedTask()) != null) {
			task.run();
		}
	}

}
