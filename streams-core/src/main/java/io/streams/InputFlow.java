package io.streams;

import java.time.Duration;

import io.streams.flow.Activity;
import io.streams.flow.ActivityClock;
import io.streams.flow.ActivityTimes;
import io.streams.flow.PauseClock;
import io.streams.flow.PauseTimes;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether the peer is read, and splits the connection's time by what it waits
 * for. The peer is read unless the reader holds too much or an operator wants a halt:
 *
 * <pre>
 *   wanted = !paused &amp;&amp; !held
 * </pre>
 *
 * Owned by one {@link ReceiveSide}, whose lock guards it: every method but those of the
 * transport and the listener is called with the lock held.
 */
final class InputFlow {

	/** Whether the buffer lets bytes come. */
	private enum State {

		/** Bytes may come. */
		FLOWING,

		/** The transport was asked to stop reading, because too much is buffered. */
		PAUSED,

		/** The transport cannot stop reading, and is not asked again, as in asyncio. */
		NOT_PAUSABLE

	}

	/**
	 * Set before the first byte, and once more by an upgrade to TLS, on the event loop.
	 */
	private volatile @Nullable Transport transport;

	/** Set once, before the first byte. */
	private volatile @Nullable InputListener listener;

	private State state = State.FLOWING;

	/** An operator wants the peer not to be read. */
	private boolean held;

	/** Made at the first pause, which most connections never have. */
	private @Nullable PauseClock pauses;

	private final ActivityClock activity = new ActivityClock(System.nanoTime());

	/** Callers that wait in {@code drain}. */
	private int drains;

	/** A close of the connection is in progress. */
	private boolean closing;

	/** A read waits for bytes. */
	private boolean reading;

	@Nullable Transport transport() {
		return this.transport;
	}

	/**
	 * Sets the transport that feeds the reader.
	 * @throws IllegalStateException if there is one already
	 */
	void setTransport(Transport transport) {
		if (this.transport != null) {
			throw new IllegalStateException("Transport already set: make a new reader for another connection");
		}
		this.transport = transport;
	}

	void replaceTransport(Transport transport) {
		this.transport = transport;
		if (this.held) {
			transport.pauseReading();
		}
	}

	@Nullable InputListener listener() {
		return this.listener;
	}

	void setListener(InputListener listener) {
		this.listener = listener;
	}

	boolean isPaused() {
		return this.state == State.PAUSED;
	}

	boolean isHeld() {
		return this.held;
	}

	private boolean isWanted() {
		return !isPaused() && !this.held;
	}

	/** Stops reading: the buffer is above its high-water mark. */
	void pause() {
		Transport transport = this.transport;
		if (transport == null || this.state != State.FLOWING) {
			return;
		}
		PauseClock pauses = (this.pauses != null) ? this.pauses : new PauseClock();
		this.pauses = pauses;
		pauses.begin(System.nanoTime());
		this.state = State.PAUSED;
		try {
			transport.pauseReading();
		}
		catch (UnsupportedOperationException ex) {
			this.state = State.NOT_PAUSABLE;
			pauses.end(System.nanoTime());
			return;
		}
		noteActivity();
		if (this.listener != null) {
			this.listener.readingPaused();
		}
	}

	/** Ends a pause, if there is one. The peer is read again unless it is held. */
	void resume() {
		Transport transport = this.transport;
		PauseClock pauses = this.pauses;
		if (!isPaused() || pauses == null || transport == null) {
			return;
		}
		this.state = State.FLOWING;
		long paused = pauses.end(System.nanoTime());
		noteActivity();
		if (isWanted()) {
			transport.resumeReading();
		}
		if (this.listener != null) {
			this.listener.readingResumed(Duration.ofNanos(paused));
		}
	}

	/** Stops reading the peer for an operator, or ends that. */
	void hold(boolean held) {
		this.held = held;
		Transport transport = this.transport;
		if (transport == null) {
			return;
		}
		if (held) {
			transport.pauseReading();
		}
		else if (isWanted()) {
			transport.resumeReading();
		}
	}

	/**
	 * Returns how often and how long the peer was not read, because too much was
	 * buffered.
	 */
	PauseTimes pauseTimes(long now) {
		return (this.pauses != null) ? this.pauses.times(isPaused(), now) : PauseTimes.NONE;
	}

	/** A read begins to wait, or no longer waits. */
	void noteReading(boolean reading) {
		this.reading = reading;
		noteActivity();
	}

	/**
	 * A caller begins, or no longer needs, to wait for the peer to take bytes.
	 * @param change 1 or -1
	 */
	void noteDrain(int change) {
		this.drains += change;
		noteActivity();
	}

	/** A close of the connection is in progress. */
	void noteClosing() {
		this.closing = true;
		noteActivity();
	}

	ActivityTimes activityTimes(long now) {
		return this.activity.times(now);
	}

	private void noteActivity() {
		this.activity.enter(Activity.of(this.closing, this.drains > 0, this.reading, isPaused()), System.nanoTime());
	}

}
