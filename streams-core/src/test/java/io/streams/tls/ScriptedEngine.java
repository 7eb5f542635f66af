package io.streams.tls;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * An engine that does what a test says, and counts how often it is asked.
 */
final class ScriptedEngine extends SSLEngine {

	final AtomicInteger calls = new AtomicInteger();

	Supplier<HandshakeStatus> status = () -> HandshakeStatus.NEED_WRAP;

	Call wrap = (source, target) -> new SSLEngineResult(Status.OK, HandshakeStatus.NEED_WRAP, 0, 0);

	Call unwrap = (source, target) -> new SSLEngineResult(Status.OK, HandshakeStatus.NEED_UNWRAP, 0, 0);

	Supplier<@Nullable Runnable> task = () -> null;

	BooleanSupplier closed = () -> false;

	private final SSLEngine real;

	private @Nullable SSLSession session;

	ScriptedEngine(SSLEngine real) {
		this.real = real;
	}

	/** Claims to have agreed on TLS 1.3. */
	void agreeOnTls13() {
		SSLSession plain = this.real.getSession();
		this.session = (SSLSession) Proxy
			.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { SSLSession.class }, (proxy, method,
					arguments) -> method.getName().equals("getProtocol") ? "TLSv1.3" : method.invoke(plain, arguments));
	}

	static SSLEngineResult result(Status status, HandshakeStatus handshake, int consumed, int produced) {
		return new SSLEngineResult(status, handshake, consumed, produced);
	}

	@Override
	public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
		this.calls.incrementAndGet();
		return this.wrap.run((length > 0) ? sources[offset] : ByteBuffer.allocate(0), target);
	}

	@Override
	public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) {
		this.calls.incrementAndGet();
		return this.unwrap.run(source, targets[offset]);
	}

	@Override
	public @Nullable Runnable getDelegatedTask() {
		this.calls.incrementAndGet();
		return this.task.get();
	}

	@Override
	public HandshakeStatus getHandshakeStatus() {
		return this.status.get();
	}

	@Override
	public boolean isInboundDone() {
		return this.closed.getAsBoolean();
	}

	@Override
	public boolean isOutboundDone() {
		return this.closed.getAsBoolean();
	}

	@Override
	public void closeInbound() {
	}

	@Override
	public void closeOutbound() {
	}

	@Override
	public void beginHandshake() {
	}

	@Override
	public SSLSession getSession() {
		SSLSession agreed = this.session;
		return (agreed != null) ? agreed : this.real.getSession();
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.real.getSupportedCipherSuites();
	}

	@Override
	public String[] getEnabledCipherSuites() {
		return this.real.getEnabledCipherSuites();
	}

	@Override
	public void setEnabledCipherSuites(String[] suites) {
	}

	@Override
	public String[] getSupportedProtocols() {
		return this.real.getSupportedProtocols();
	}

	@Override
	public String[] getEnabledProtocols() {
		return this.real.getEnabledProtocols();
	}

	@Override
	public void setEnabledProtocols(String[] protocols) {
	}

	@Override
	public void setUseClientMode(boolean mode) {
	}

	@Override
	public boolean getUseClientMode() {
		return true;
	}

	@Override
	public void setNeedClientAuth(boolean need) {
	}

	@Override
	public boolean getNeedClientAuth() {
		return false;
	}

	@Override
	public void setWantClientAuth(boolean want) {
	}

	@Override
	public boolean getWantClientAuth() {
		return false;
	}

	@Override
	public void setEnableSessionCreation(boolean flag) {
	}

	@Override
	public boolean getEnableSessionCreation() {
		return true;
	}

	@Override
	public String getApplicationProtocol() {
		return "";
	}

	/** One call of wrap or unwrap. */
	@FunctionalInterface
	interface Call {

		SSLEngineResult run(ByteBuffer source, ByteBuffer target);

	}

}
