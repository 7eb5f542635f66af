package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * A client of a {@link StoppingRound}: sends messages in pieces, and reads the answers.
 */
final class StoppingClient {

	private final StoppingRound round;

	private final StoppingPlan plan;

	private final PropertyPeer peer;

	private final Random random;

	/** Opened where the plan says that the server stops, or {@code null}. */
	private final @Nullable CountDownLatch stop;

	/** Written by the thread that sends. */
	private final List<Request> requests = new ArrayList<>();

	/** Written by the thread that reads. */
	private int answers;

	StoppingClient(StoppingRound round, StoppingPlan plan, PropertyPeer peer, int number,
			@Nullable CountDownLatch stop) {
		this.round = round;
		this.plan = plan;
		this.peer = peer;
		this.random = new Random(plan.seed + number);
		this.stop = stop;
	}

	List<Request> requests() {
		return this.requests;
	}

	int answers() {
		return this.answers;
	}

	/**
	 * Talks to the server until it ends the connection, or there is no more to say.
	 */
	void run() throws IOException {
		boolean connected = true;
		int count = this.plan.style.isUpload() ? 1 : this.plan.requests;
		for (int i = 0; i < count && connected; i++) {
			connected = send(i);
			if (!this.plan.pipelined && connected && !this.plan.style.isUpload()) {
				connected = readAnswer();
			}
		}
		openStop();
		if (isEndless()) {
			trickle();
			return;
		}
		if (this.plan.style.isUpload() && connected) {
			end();
		}
		while (connected && this.answers < this.requests.size()) {
			connected = readAnswer();
		}
		// An idle client ends when the server does.
		this.peer.receiveRest();
		end();
	}

	private boolean isEndless() {
		return this.plan.endless && this.stop != null;
	}

	/** Sends without end, until the server ends the connection. */
	private void trickle() {
		try {
			while (true) {
				this.peer.send(new byte[1]);
				this.round.pace(20_000);
			}
		}
		catch (IOException ex) {
			// That was it.
		}
	}

	private void end() {
		try {
			this.peer.end();
		}
		catch (IOException ex) {
			// The server was faster.
		}
	}

	/** Sends a request; {@code false} if the connection is over. */
	private boolean send(int number) {
		byte[] body = new byte[1 + this.random.nextInt(this.plan.largestBody)];
		this.random.nextBytes(body);
		for (int i = 0; i < body.length; i++) {
			body[i] = (body[i] == '\n') ? (byte) 0 : body[i];
		}
		Request request = new Request(StoppingHandler.answer(body));
		this.requests.add(request);
		byte[] message = StoppingHandler.message(this.plan.style, body);
		int[] pieces = this.plan.pieces(this.random, message.length);
		int from = 0;
		for (int i = 0; i < pieces.length; i++) {
			this.round.pace(this.plan.pauseMicros(this.random, number, i));
			try {
				this.peer.send(Arrays.copyOfRange(message, from, from + pieces[i]));
			}
			catch (IOException ex) {
				return false;
			}
			from += pieces[i];
			request.sent(i == pieces.length - 1 && !isEndless());
			if (number == this.plan.stopIn && i == Math.min(this.plan.stopAfterPiece, pieces.length - 1)) {
				openStop();
			}
		}
		return true;
	}

	private void openStop() {
		if (this.stop != null) {
			this.stop.countDown();
		}
	}

	/** Reads an answer; {@code false} if the connection is over. */
	private boolean readAnswer() {
		byte[] answer;
		try {
			answer = this.peer.receive(StoppingHandler.ANSWER_BYTES);
		}
		catch (IOException ex) {
			return false;
		}
		if (answer.length == 0) {
			return false;
		}
		byte[] expected = this.requests.get(this.answers).answer();
		if (!Arrays.equals(answer, expected)) {
			throw PropertyRound.broken("a part passes for the whole at STOP of " + this.plan.style,
					"the answer to request " + this.answers + " is " + Arrays.toString(answer) + " and not "
							+ Arrays.toString(expected));
		}
		this.answers++;
		return true;
	}

	/** A request that was begun: at least one byte was sent. */
	static final class Request {

		private final byte[] answer;

		private long firstSentAt;

		private long lastSentAt;

		private long longestPause;

		private boolean complete;

		Request(byte[] answer) {
			this.answer = answer;
		}

		byte[] answer() {
			return this.answer;
		}

		void sent(boolean last) {
			long now = System.nanoTime();
			if (this.firstSentAt == 0) {
				this.firstSentAt = now;
			}
			else {
				this.longestPause = Math.max(this.longestPause, now - this.lastSentAt);
			}
			this.lastSentAt = now;
			this.complete = last;
		}

		/**
		 * Whether the first byte was sent before a time, and the rest without a pause
		 * that is longer than others.
		 */
		boolean isToBeAnswered(long stopAt, Duration longest) {
			return this.firstSentAt != 0 && this.firstSentAt - stopAt < 0 && this.complete
					&& this.longestPause < longest.toNanos();
		}

		@Override
		public String toString() {
			return "request[first byte at " + this.firstSentAt + ", last at " + this.lastSentAt + ", longest pause "
					+ this.longestPause + " ns" + (this.complete ? "" : ", incomplete") + "]";
		}

	}

}
