package io.streams;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.streams.tls.TlsTransport;
import io.streams.transport.ConnectionLostException;

/**
 * Bounds the TLS handshakes of a server that go on at once. When all slots are taken, the
 * handshakes that wait for their peer the longest give theirs up: first those whose peer
 * has not sent a byte, then the others. Safe for use by any thread.
 */
final class HandshakeSlots {

	/** A peer that has sent nothing keeps its slot for this long at least. */
	private static final long MIN_SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** A peer that has sent a part of its first message keeps it for this long. */
	private static final long MIN_BEGUN_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** A peer that was answered keeps it for this long without a byte. */
	private static final long MIN_ANSWERED_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** A peer that was answered keeps it for this long in all. */
	private static final long MAX_ANSWERED_NANOS = TimeUnit.SECONDS.toNanos(5);

	/** How often slots are looked at. */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** Slots that are taken back at a time. */
	private static final int BATCH = 64;

	private final int max;

	/** Handshakes that go on, or have failed and the peer is being told. */
	private final Set<TlsTransport> transports = ConcurrentHashMap.newKeySet();

	/** Whether another look is planned. */
	private final AtomicBoolean planned = new AtomicBoolean();

	HandshakeSlots(int max) {
		this.max = max;
	}

	void add(TlsTransport transport) {
		this.transports.add(transport);
	}

	void remove(TlsTransport transport) {
		this.transports.remove(transport);
	}

	boolean hasRoom() {
		return this.transports.size() < this.max;
	}

	/** The server stops: those clients have no handler to wait for. */
	void abortAll() {
		this.transports.forEach(HandshakeSlots::abort);
	}

	static void abort(TlsTransport transport) {
		transport.abort(new ConnectionLostException("The server stopped in the TLS handshake"));
	}

	/**
	 * Takes slots back for clients that wait. A slot is free when its connection has
	 * ended, a moment later. Each accept asks, so the slots are looked at only every
	 * {@link #LOOK_NANOS}.
	 */
	void makeRoom() {
		if (!hasRoom() && !this.planned.get()) {
			takeBack();
		}
	}

	private void takeBack() {
		long now = System.nanoTime();
		List<TlsTransport> oldest = this.transports.stream()
			.filter(TlsTransport::isWaitingForPeer)
			.sorted(Comparator.comparingLong((TlsTransport each) -> leftNanos(each, now)))
			.limit(BATCH)
			.toList();
		oldest.stream().takeWhile((each) -> leftNanos(each, now) <= 0).forEach(TlsTransport::giveUpHandshake);
		if (!oldest.isEmpty() && this.planned.compareAndSet(false, true)) {
			long left = Math.max(LOOK_NANOS, leftNanos(oldest.getFirst(), now));
			oldest.getFirst().loop().executeLater(Duration.ofNanos(left), () -> {
				this.planned.set(false);
				makeRoom();
			});
		}
	}

	/** For how long it may still keep its slot; less than 0 if it has had its time. */
	private static long leftNanos(TlsTransport transport, long now) {
		long age = transport.handshakeNanos(now);
		return switch (transport.handshakeProgress()) {
			case SILENT -> MIN_SILENT_NANOS - age;
			case BEGUN -> MIN_BEGUN_NANOS - age;
			case ANSWERED ->
				Math.min(MIN_ANSWERED_NANOS - transport.handshakeSilenceNanos(now), MAX_ANSWERED_NANOS - age);
		};
	}

}
