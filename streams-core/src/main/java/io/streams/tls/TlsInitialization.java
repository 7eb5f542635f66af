package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Initializes the JDK's classes for TLS before an event loop needs them. The first
 * handshake of a process loads more than a thousand classes, which takes a good part of a
 * second, and longer on a busy machine. On an event loop that would stall every
 * connection of the loop.
 * <p>
 * The initialization is two handshakes in memory, with a key of its own, on a thread of
 * its own. It happens once in a process; if it fails, the first real handshake does the
 * work. Safe for use by any thread.
 *
 * @since 0.1
 */
public final class TlsInitialization {

	private static final Logger logger = LoggerFactory.getLogger(TlsInitialization.class);

	/** Calls of both engines, of which a handshake takes a few dozen. */
	private static final int MAX_STEPS = 1000;

	private static final AtomicBoolean begun = new AtomicBoolean();

	private static final CompletableFuture<Void> outcome = new CompletableFuture<>();

	private TlsInitialization() {
	}

	/**
	 * Starts the initialization unless it has begun, and returns without waiting for it.
	 * @return completes when the classes are initialized; never exceptionally
	 */
	public static CompletableFuture<Void> start() {
		if (begun.compareAndSet(false, true)) {
			Thread.ofPlatform()
				.daemon()
				.name("streams-tls-initialization")
				.inheritInheritableThreadLocals(false)
				.start(TlsInitialization::initialize);
		}
		return outcome.copy();
	}

	/**
	 * {@return whether the initialization is over, so that no caller has to wait}
	 */
	public static boolean isDone() {
		return outcome.isDone();
	}

	/** Initializes the classes and waits for it. Do not call it on an event loop. */
	public static void await() {
		start().join();
	}

	private static void initialize() {
		try {
			SSLContext context = context();
			for (String version : new String[] { "TLSv1.3", "TLSv1.2" }) {
				converse(engine(context, version, false), engine(context, version, true));
			}
		}
		catch (GeneralSecurityException | IOException | RuntimeException | LinkageError ex) {
			logger.debug("The TLS classes could not be initialized in advance", ex);
		}
		finally {
			outcome.complete(null);
		}
	}

	/** Both ends have the same key, and trust it. */
	private static SSLContext context() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		ThrowawayIdentity identity = ThrowawayIdentity.create();
		store.setKeyEntry("key", identity.key(), new char[0], identity.chain());
		store.setCertificateEntry("trusted", identity.chain()[0]);
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, new char[0]);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	private static SSLEngine engine(SSLContext context, String version, boolean client) {
		SSLEngine engine = context.createSSLEngine();
		engine.setUseClientMode(client);
		engine.setEnabledProtocols(new String[] { version });
		return engine;
	}

	/** Lets the engines agree, exchange a byte in both directions, and close. */
	private static void converse(SSLEngine server, SSLEngine client) throws IOException {
		ByteBuffer toServer = buffer(client);
		ByteBuffer toClient = buffer(server);
		server.beginHandshake();
		client.beginHandshake();
		for (int i = 0; i < MAX_STEPS && (isHandshaking(server) || isHandshaking(client)); i++) {
			step(client, toClient, toServer);
			step(server, toServer, toClient);
		}
		exchange(client, toServer, server);
		exchange(server, toClient, client);
		client.closeOutbound();
		exchange(client, toServer, server);
	}

	private static ByteBuffer buffer(SSLEngine engine) {
		return ByteBuffer.allocate(4 * engine.getSession().getPacketBufferSize());
	}

	private static boolean isHandshaking(SSLEngine engine) {
		return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
	}

	private static void step(SSLEngine engine, ByteBuffer input, ByteBuffer output) throws IOException {
		switch (engine.getHandshakeStatus()) {
			case NEED_TASK -> runTasks(engine);
			case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), output);
			default -> unwrap(engine, input);
		}
	}

	private static void runTasks(SSLEngine engine) {
		Runnable task;
		while ((task = engine.getDelegatedTask()) != null) {
			task.run();
		}
	}

	private static void unwrap(SSLEngine engine, ByteBuffer input) throws IOException {
		input.flip();
		engine.unwrap(input, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
		input.compact();
	}

	private static void exchange(SSLEngine from, ByteBuffer records, SSLEngine to) throws IOException {
		from.wrap(ByteBuffer.allocate(1), records);
		for (int i = 0; i < MAX_STEPS && records.position() > 0; i++) {
			unwrap(to, records);
		}
	}

}
