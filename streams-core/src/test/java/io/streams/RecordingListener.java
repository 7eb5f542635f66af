package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Notes what a {@link StreamListener} hears, in the order in which it hears it.
 */
final class RecordingListener implements StreamListener {

	private final Queue<Event> events = new ConcurrentLinkedQueue<>();

	private final LongAdder received = new LongAdder();

	private final LongAdder sent = new LongAdder();

	/** The names of what happened, without bytes. */
	List<String> names() {
		return this.events.stream().map(Event::name).toList();
	}

	/** Everything of one name. */
	List<Event> events(String name) {
		return this.events.stream().filter((event) -> event.name().equals(name)).toList();
	}

	long count(String name) {
		return this.events.stream().filter((event) -> event.name().equals(name)).count();
	}

	/** Why connections were closed. */
	List<CloseReason> closeReasons() {
		return events("closed").stream().map((event) -> (CloseReason) event.detail()).toList();
	}

	long bytesReceived() {
		return this.received.sum();
	}

	long bytesSent() {
		return this.sent.sum();
	}

	@Override
	public void opened(StreamConnection connection) {
		add("opened", connection, null, null);
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		add("closed", connection, reason, cause);
	}

	@Override
	public void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
		add("failed", connection, what, cause);
	}

	@Override
	public void readingPaused(StreamConnection connection) {
		add("readingPaused", connection, null, null);
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		add("readingResumed", connection, paused, null);
	}

	@Override
	public void writingPaused(StreamConnection connection) {
		add("writingPaused", connection, null, null);
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		add("writingResumed", connection, paused, null);
	}

	@Override
	public void drainStarted(StreamConnection connection) {
		add("drainStarted", connection, null, null);
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		add("drainFinished", connection, waited, null);
	}

	@Override
	public void bytesReceived(StreamConnection connection, int count) {
		this.received.add(count);
	}

	@Override
	public void bytesSent(StreamConnection connection, long count) {
		this.sent.add(count);
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		add("handlerFinished", connection, outcome, failure);
	}

	@Override
	public void handshakeFinished(@Nullable StreamServer server, HandshakeOutcome outcome, Duration time,
			@Nullable IOException cause) {
		add("handshakeFinished", null, outcome, cause);
	}

	@Override
	public void rejected(StreamServer server, RejectReason reason) {
		add("rejected", null, reason, null);
	}

	@Override
	public void acceptPaused(StreamServer server) {
		add("acceptPaused", null, null, null);
	}

	@Override
	public void acceptResumed(StreamServer server) {
		add("acceptResumed", null, null, null);
	}

	private void add(String name, @Nullable StreamConnection connection, @Nullable Object detail,
			@Nullable Throwable cause) {
		this.events.add(new Event(name, connection, detail, cause));
	}

	/** Something that happened. */
	record Event(String name, @Nullable StreamConnection connection, @Nullable Object detail,
			@Nullable Throwable cause) {
	}

}
