package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;

import io.streams.PatternReader.Ending;
import io.streams.PatternReader.How;
import io.streams.ReceivingPlan.LocalEnd;
import io.streams.ReceivingPlan.PeerEnd;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;

/**
 * The rules of a {@link ReceivingRound}.
 *
 * @param plan what happened
 * @param offered bytes that the client has sent at most
 * @param delivered bytes that the server's kernel had at least, before the end
 */
record ReceivingCheck(ReceivingPlan plan, long offered, long delivered) {

	void check(Ending ending, long taken) {
		String seen = "the handler read " + taken + " of " + this.offered + " bytes, of which " + this.delivered
				+ " had arrived, and then " + ending;
		if (taken > this.offered) {
			throw PropertyRound.broken("more than was sent", seen);
		}
		if (ending.how() == How.PROPER) {
			checkProperEnd(taken, seen);
		}
		else if (isOnlyPeer()) {
			checkPeersEnd(ending, taken, seen);
		}
		else {
			checkLocalEnd(ending, taken, seen);
		}
	}

	private boolean isOnlyPeer() {
		return this.plan.localEnd == LocalEnd.NONE;
	}

	private boolean endsProperly() {
		return this.plan.peerEnd == PeerEnd.FIN || this.plan.peerEnd == PeerEnd.CLOSE;
	}

	/**
	 * A client that does not end reads to the end, and then ends as well: after a local
	 * close that is a proper end too, if nothing it sent was dropped in between.
	 */
	private void checkProperEnd(long taken, String seen) {
		boolean endsLater = this.plan.peerEnd == PeerEnd.NONE
				&& (this.plan.localEnd == LocalEnd.CLOSE || this.plan.localEnd == LocalEnd.STOP);
		if (!endsProperly() && !(endsLater && taken == this.plan.total)) {
			throw PropertyRound.broken("an end of " + what() + " passes for the peer's", seen);
		}
		if (taken != this.plan.total) {
			throw PropertyRound.broken("a part passes for the whole at " + what(), seen);
		}
	}

	private String what() {
		return (this.plan.localEnd != LocalEnd.NONE) ? this.plan.localEnd.toString() : this.plan.peerEnd.toString();
	}

	private void checkPeersEnd(Ending ending, long taken, String seen) {
		if (endsProperly()) {
			throw PropertyRound.broken("a proper end is not seen at " + what(), seen);
		}
		IOException failure = ending.failure();
		boolean typed = (this.plan.peerEnd == PeerEnd.TRUNCATE) ? failure instanceof TlsTruncatedException
				: failure instanceof ConnectionLostException && !(failure instanceof ConnectionClosedException);
		if (!typed) {
			throw PropertyRound.broken("wrong exception at " + what(), seen);
		}
		checkDelivered(taken, seen);
	}

	private void checkLocalEnd(Ending ending, long taken, String seen) {
		IOException failure = ending.failure();
		boolean peerFirst = this.plan.peerEnd != PeerEnd.NONE
				&& (failure instanceof ConnectionLostException || failure instanceof TlsTruncatedException);
		boolean typed = switch (this.plan.localEnd) {
			case CLOSE, ABORT -> failure instanceof ConnectionClosedException;
			case STOP -> ending.how() == How.STOPPED || failure instanceof ServerStoppingException
					|| failure instanceof ConnectionLostException || failure instanceof InterruptedIOException;
			case IDLE_TIMEOUT -> failure instanceof ConnectionTimeoutException;
			case READ_TIMEOUT -> failure instanceof ReadTimeoutException;
			case NONE -> false;
		};
		if (!typed && !peerFirst) {
			throw PropertyRound.broken("wrong exception at " + what(), seen);
		}
		boolean silent = this.plan.localEnd == LocalEnd.IDLE_TIMEOUT || this.plan.localEnd == LocalEnd.READ_TIMEOUT;
		boolean stopped = ending.how() == How.STOPPED || failure instanceof ServerStoppingException;
		if (this.plan.peerEnd == PeerEnd.NONE && (silent || (stopped && mayReadAllBeforeStop()))) {
			checkDelivered(taken, seen);
		}
	}

	/** Unless the grace period is over, or what arrives is not read, a stop waits. */
	private boolean mayReadAllBeforeStop() {
		return !this.plan.held && !this.plan.grace.isZero();
	}

	private void checkDelivered(long taken, String seen) {
		if (taken < this.delivered) {
			throw PropertyRound.broken("received bytes are lost at " + what(), seen);
		}
	}

}
