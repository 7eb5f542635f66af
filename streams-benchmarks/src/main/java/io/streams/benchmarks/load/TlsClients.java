package io.streams.benchmarks.load;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes the engines of the load generator. All servers get the same cipher suite; their
 * certificates are made when they start, and nobody looks whose they are.
 */
final class TlsClients {

	private static final String CIPHER = "TLS_AES_128_GCM_SHA256";

	private final SSLContext context;

	TlsClients() {
		try {
			this.context = SSLContext.getInstance("TLSv1.3");
			this.context.init(null, new TrustManager[] { new TrustsAll() }, null);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** An engine that resumes no session: it knows no peer. */
	SSLEngine engine() {
		SSLEngine engine = this.context.createSSLEngine();
		engine.setUseClientMode(true);
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setCipherSuites(new String[] { CIPHER });
		engine.setSSLParameters(parameters);
		return engine;
	}

	/** Accepts any certificate. */
	private static final class TrustsAll extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
