package io.streams;

import java.io.IOException;

import io.streams.SendingPlan.Client;

import org.jspecify.annotations.Nullable;

/**
 * The rules of a {@link SendingRound}.
 *
 * @param plan what happened
 * @param accepted bytes that were written before the connection was closed
 * @param written bytes that were written, some of them perhaps after that
 * @param taken bytes that the client has read
 * @param clientSawEnd whether they were followed by a proper end
 * @param clientFailure what ended the client's reading otherwise
 */
record SendingCheck(SendingPlan plan, long accepted, long written, long taken, boolean clientSawEnd,
		@Nullable IOException clientFailure) {

	/** Bytes that may have been on their way when a client looked and then reset. */
	private static final int IN_FLIGHT = 300_000;

	/**
	 * Checks the rules.
	 * @param told what the server says of lost bytes, or {@code null}
	 * @param receivedAtReset what the client's kernel had got when it reset, or -1
	 */
	void check(@Nullable String told, long receivedAtReset) {
		String seen = "the client got " + this.taken + " of " + this.accepted + " bytes (" + this.written
				+ " written), then " + (this.clientSawEnd ? "a proper end" : this.clientFailure) + "; the server tells "
				+ told;
		if (this.taken > this.written) {
			throw PropertyRound.broken("more than was written", seen);
		}
		if (this.clientSawEnd) {
			checkProperEnd(seen);
		}
		if (told == null) {
			checkUntold(receivedAtReset, seen);
		}
		if (mustDeliver()) {
			if (this.taken < this.accepted) {
				throw PropertyRound.broken("bytes are cut off though the client takes them at " + what(), seen);
			}
			if (told != null) {
				throw PropertyRound.broken("a false report of a loss at " + what(), seen);
			}
		}
	}

	private String what() {
		return this.plan.handlerEnd + ", client " + this.plan.client + (this.plan.clientSends ? " and sends" : "");
	}

	/**
	 * A Unix socket cannot be reset: there an abort looks like an end. And in TLS 1.2 a
	 * client that ends its side ends both, and gives up what it has not received.
	 */
	private void checkProperEnd(String seen) {
		boolean cannotTell = this.plan.kind == PropertyKind.UNIX || isGivenUp();
		if (this.taken < this.accepted && !cannotTell) {
			throw PropertyRound.broken("a part passes for the whole at " + what(), seen);
		}
		if (this.plan.handlerEnd.isAbort() && this.taken < this.plan.total && !cannotTell) {
			throw PropertyRound.broken("an abort passes for a proper end at " + what(), seen);
		}
	}

	/** The server does not tell of a loss: then there is none. */
	private void checkUntold(long receivedAtReset, String seen) {
		if (this.plan.client == Client.RESETS) {
			if (!this.clientSawEnd && receivedAtReset >= 0 && receivedAtReset + IN_FLIGHT < this.accepted) {
				throw PropertyRound.broken("a loss is not told at " + what(),
						seen + ", its kernel had " + receivedAtReset);
			}
			return;
		}
		if (this.taken < this.accepted) {
			throw PropertyRound.broken("a loss is not told at " + what(), seen);
		}
		// A client that sends to a closed socket is reset, after it has got everything.
		if (!this.clientSawEnd && !this.plan.clientSends) {
			throw PropertyRound.broken("an end is not seen at " + what(), seen);
		}
	}

	/** The report of a stop that cut the connection off says how many bytes are lost. */
	void checkReport(StopReport report) {
		long lost = this.accepted - this.taken;
		if (!report.isGraceful() && this.plan.client == Client.STOPS && report.unsentBytes() < lost) {
			throw PropertyRound.broken("a stop's report does not count all lost bytes at " + what(),
					lost + " bytes are lost, " + report);
		}
	}

	/** Whether the end promises the bytes, and the client can take all. */
	private boolean mustDeliver() {
		if (isGivenUp() || isResetAtTheBound()) {
			return false;
		}
		boolean gives = switch (this.plan.handlerEnd) {
			case RETURN, CLOSE, WRITE_EOF, THROW, OTHER_CLOSES -> true;
			case ABORT, OTHER_ABORTS, STOP -> false;
		};
		return gives && this.plan.clientTakesAll();
	}

	/** In TLS 1.2 a client that ends its side gives up the rest. */
	private boolean isGivenUp() {
		return this.plan.kind == PropertyKind.TLS_1_2 && this.plan.client == Client.HALF_CLOSES;
	}

	/**
	 * Over the JDK's channels the system does not tell what the peer has acknowledged: a
	 * slow client that sends without end is reset at the bound of the linger.
	 */
	private boolean isResetAtTheBound() {
		boolean systemTells = TestNetwork.TRANSPORTS.getClass().getSimpleName().startsWith("Epoll");
		return this.plan.isSlow() && this.plan.clientSends && !systemTells;
	}

}
