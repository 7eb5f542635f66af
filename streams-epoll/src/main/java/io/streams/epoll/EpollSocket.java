package io.streams.epoll;

import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.jspecify.annotations.Nullable;

/**
 * A descriptor of a socket, and for what it is watched.
 * <p>
 * The system gives the number of a closed descriptor to the next one that is opened, so
 * that a call after the close could reach a stranger. On the event loop, and by whoever
 * writes, nothing is called after the close; all other calls are made with the socket's
 * {@link #closing() lock} held, as the close is.
 */
abstract class EpollSocket implements PolledSocket {

	private static final int CLOSED = -1;

	/** A lock for each socket would cost more than to share some. A power of two. */
	private static final ReentrantLock[] CLOSING = new ReentrantLock[64];

	static {
		for (int i = 0; i < CLOSING.length; i++) {
			CLOSING[i] = new LoopLock();
		}
	}

	/** The number, or {@link #CLOSED}. Written once, under the lock of the number. */
	private volatile int descriptor;

	/** Event loop only: for what it is to be watched. */
	private byte interest;

	/** Event loop only: for what the system was told to watch it. */
	private byte watched;

	/** Event loop only: for what it was ready when it was polled last. */
	private byte ready;

	/** Event loop only: it is in the poller's list of changes. */
	private boolean changed;

	/** Event loop only. */
	private @Nullable EpollPoller poller;

	/** Event loop only. */
	private @Nullable ReadyHandler handler;

	EpollSocket(int descriptor) {
		this.descriptor = descriptor;
		ErrorNumbers.makeRoomFor(descriptor);
	}

	/** The number; for calls that are not made after the close. */
	final int descriptor() {
		return this.descriptor;
	}

	/** The number; for calls that may be made too late. */
	final int openDescriptor() throws ClosedChannelException {
		int number = this.descriptor;
		if (number == CLOSED) {
			throw new ClosedChannelException();
		}
		return number;
	}

	/** Held during a call by any thread that the close does not wait for otherwise. */
	static ReentrantLock closing(int descriptor) {
		return CLOSING[descriptor & (CLOSING.length - 1)];
	}

	/**
	 * Has it watched.
	 * @throws java.nio.channels.ClosedSelectorException if the poller is closed, as the
	 * JDK's do
	 */
	@Override
	public final void register(Poller poller, int interest, ReadyHandler handler) throws ClosedChannelException {
		EpollPoller watcher = (EpollPoller) poller;
		watcher.add(openDescriptor(), this);
		this.poller = watcher;
		this.handler = handler;
		setInterest(interest);
	}

	@Override
	public final void setInterest(int interest) {
		this.interest = (byte) interest;
		EpollPoller poller = this.poller;
		if (poller != null && !this.changed && isOpen() && this.interest != this.watched) {
			this.changed = true;
			poller.changed(this);
		}
	}

	/** The poller looks at what was changed. */
	final void takeChange() {
		this.changed = false;
	}

	final int interest() {
		return this.interest;
	}

	final int watched() {
		return this.watched;
	}

	final void setWatched(int operations) {
		this.watched = (byte) operations;
	}

	/**
	 * Notes what the system told.
	 * @param events of epoll
	 * @return whether anything of that was asked for
	 */
	final boolean noteEvents(int events) {
		int operations = ((events & (Epoll.ERROR | Epoll.HANG_UP)) != 0) ? this.interest
				: this.interest & operations(events);
		this.ready = (byte) operations;
		return operations != 0;
	}

	/** For what a socket is ready that is in no error. */
	abstract int operations(int events);

	@Override
	public final ReadyHandler handler() {
		return Objects.requireNonNull(this.handler, "the socket is not registered");
	}

	@Override
	public final void setHandler(ReadyHandler handler) {
		this.handler = handler;
	}

	@Override
	public final int readyOperations() {
		return isOpen() ? this.ready : 0;
	}

	@Override
	public final boolean isOpen() {
		return this.descriptor != CLOSED;
	}

	@Override
	public final void close() {
		int number = this.descriptor;
		if (number == CLOSED) {
			return;
		}
		if (this.poller != null) {
			this.poller.remove(number);
		}
		ReentrantLock lock = closing(number);
		lock.lock();
		try {
			this.descriptor = CLOSED;
			// The system lets epoll forget it.
			Descriptor.close(number);
		}
		finally {
			lock.unlock();
		}
	}

	/** Who watches it. Event loop only. */
	final EpollPoller poller() {
		return Objects.requireNonNull(this.poller, "the socket is not registered");
	}

}
