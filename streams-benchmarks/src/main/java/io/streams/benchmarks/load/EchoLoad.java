package io.streams.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.benchmarks.workload.Workload;

import org.jspecify.annotations.Nullable;

/**
 * Messages that are answered, on many connections.
 */
final class EchoLoad implements Load {

	/** So many connections are opened before the server must have answered one. */
	private static final int CONNECTIONS_AT_ONCE = 100;

	/** Connections that are replaced at once while the server warms up. */
	private static final int RENEWED_AT_ONCE = 100;

	/** How long they are there, at the least. */
	private static final Duration BETWEEN_RENEWALS = Duration.ofMillis(200);

	private static final int LETTERS = 26;

	private static final long LAST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final LoadOptions options;

	private final ClientLoop loop;

	private final List<EchoClient> clients = new ArrayList<>();

	private @Nullable Interval interval;

	private @Nullable SlowReader slowReader;

	private long answered;

	private boolean sending;

	EchoLoad(LoadOptions options, ClientLoop loop) {
		this.options = options;
		this.loop = loop;
	}

	@Override
	public void warmUp() throws IOException {
		long begin = System.nanoTime();
		Duration warmup = this.options.warmup();
		open();
		while (System.nanoTime() - begin < warmup.toNanos() / 2) {
			sendFor(BETWEEN_RENEWALS);
			renew(RENEWED_AT_ONCE);
		}
		renew(this.options.connections());
		sendFor(warmup.minusNanos(System.nanoTime() - begin));
		close();
	}

	@Override
	public LoadResult measure() throws IOException {
		open();
		Interval measured = new Interval(this.options);
		this.interval = measured;
		startSending();
		while (measured.goesOn(this.loop.now(), this.answered)) {
			turn();
		}
		this.interval = null;
		stopSending();
		close();
		return measured.result();
	}

	private void open() throws IOException {
		connect(this.options.connections());
		if (this.options.kind() == Workload.Kind.SLOW_READER) {
			this.slowReader = new SlowReader(this.loop);
		}
	}

	private void close() throws IOException {
		for (EchoClient client : this.clients) {
			client.close();
		}
		this.clients.clear();
		if (this.slowReader != null) {
			this.slowReader.close();
			this.slowReader = null;
		}
	}

	private void sendFor(Duration duration) throws IOException {
		long end = System.nanoTime() + duration.toNanos();
		startSending();
		while (this.loop.now() - end < 0) {
			turn();
		}
		stopSending();
	}

	/**
	 * Replaces the oldest connections by new ones, as they come and go with a server that
	 * has been up for long: it must have had some after its code was compiled.
	 */
	private void renew(int connections) throws IOException {
		int count = Math.min(connections, this.clients.size());
		List<EchoClient> oldest = this.clients.subList(0, count);
		for (EchoClient client : oldest) {
			client.close();
		}
		oldest.clear();
		connect(this.options.connections());
	}

	private void startSending() throws IOException {
		this.sending = true;
		for (EchoClient client : this.clients) {
			client.start();
		}
	}

	private void stopSending() throws IOException {
		this.sending = false;
		awaitLastAnswers();
	}

	/** Opens connections, and has a first round of messages answered on each. */
	void connect(int connections) throws IOException {
		Message[] messages = new Message[LETTERS];
		for (int i = 0; i < LETTERS; i++) {
			messages[i] = message((char) ('A' + i));
		}
		while (this.clients.size() < connections) {
			Message message = messages[this.clients.size() % LETTERS];
			EchoClient client = new EchoClient(this.loop.connect(), this.loop, this, message, this.options.inFlight());
			this.clients.add(client);
			client.start();
			if (this.clients.size() % CONNECTIONS_AT_ONCE == 0) {
				awaitLastAnswers();
			}
		}
		awaitLastAnswers();
	}

	private Message message(char letter) {
		return (this.options.kind() == Workload.Kind.RESP) ? Message.setAndGet(letter, this.options.inFlight())
				: Message.line(letter, this.options.inFlight());
	}

	/** Has messages answered on all connections, again and again. */
	void rounds(Duration duration) throws IOException {
		long end = System.nanoTime() + duration.toNanos();
		while (System.nanoTime() - end < 0) {
			round();
		}
	}

	/** Keeps the connections open without a word, and fails if one is closed. */
	void keepOpen(Duration duration) throws IOException {
		long end = System.nanoTime() + duration.toNanos();
		while (System.nanoTime() - end < 0) {
			turn();
		}
	}

	/** Has messages answered on all connections. */
	void round() throws IOException {
		for (EchoClient client : this.clients) {
			client.start();
		}
		awaitLastAnswers();
	}

	boolean isSending() {
		return this.sending;
	}

	void answered(long nanos) {
		this.answered++;
		if (this.interval != null) {
			this.interval.record(nanos);
		}
	}

	private void turn() throws IOException {
		this.loop.turn();
		if (this.slowReader != null) {
			this.slowReader.turn(this.loop.now());
		}
	}

	/** Every message that was sent must come back. */
	private void awaitLastAnswers() throws IOException {
		long deadline = System.nanoTime() + LAST_ANSWERS_NANOS;
		while (!this.clients.stream().allMatch(EchoClient::isAnswered)) {
			if (System.nanoTime() - deadline > 0) {
				throw new IOException("the server has not answered everything that it was sent");
			}
			turn();
		}
	}

}
