package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the sockets of one event loop by an epoll instance of its own.
 * <p>
 * A platform thread waits in the system's call, and is woken by a counter that is watched
 * as well. A virtual thread would take its carrier along; it parks, and is unparked by
 * the {@link WakeupThread}, which watches the epoll instance for it, or by
 * {@link #wakeUp()}.
 */
final class EpollPoller implements Poller {

	private static final Logger logger = LoggerFactory.getLogger(EpollPoller.class);

	private static final int INITIAL_SOCKETS = 64;

	/** How long a virtual thread sleeps that the wakeup thread cannot watch over. */
	private static final long UNGUARDED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final Epoll epoll = new Epoll();

	/** The counter that wakes a platform thread. */
	private final EventFd counter;

	/** By their descriptors. Event loop only. */
	private @Nullable EpollSocket[] sockets = new EpollSocket[INITIAL_SOCKETS];

	/** Those whose interest may have changed. Event loop only. */
	private final List<EpollSocket> changed = new ArrayList<>();

	/** The buffer that was read into last, and its address. Event loop only. */
	private @Nullable ByteBuffer buffer;

	private long bufferAddress;

	/** Set by the loop's first poll, and by a thread that takes the loop over. */
	private volatile @Nullable Thread loop;

	/**
	 * Whether the wakeup thread watches. Set by the loop, cleared by the wakeup thread.
	 */
	private volatile boolean guarded;

	/** Event loop only. */
	private boolean unguardedReported;

	/** Whether the wakeup thread has ever watched. Event loop only. */
	private boolean registered;

	/**
	 * Set by the loop at its end, after which what it is given runs on any thread.
	 */
	private volatile boolean closed;

	EpollPoller() throws IOException {
		try {
			this.counter = new EventFd();
		}
		catch (IOException ex) {
			this.epoll.close();
			throw ex;
		}
		try {
			this.epoll.watch(this.counter.descriptor(), 0, Epoll.IN);
		}
		catch (IOException ex) {
			this.counter.close();
			this.epoll.close();
			throw ex;
		}
	}

	/** Event loop only: room for the error's number of a call by the loop. */
	MemorySegment errno() {
		return this.epoll.errno();
	}

	/**
	 * Event loop only.
	 * @throws ClosedSelectorException if it is closed
	 */
	void add(int descriptor, EpollSocket socket) {
		if (this.closed) {
			throw new ClosedSelectorException();
		}
		if (descriptor >= this.sockets.length) {
			this.sockets = Arrays.copyOf(this.sockets, Math.max(descriptor + 1, 2 * this.sockets.length));
		}
		this.sockets[descriptor] = socket;
	}

	/** Event loop only. */
	void remove(int descriptor) {
		this.sockets[descriptor] = null;
	}

	/** Event loop only. */
	void changed(EpollSocket socket) {
		this.changed.add(socket);
	}

	/** Where a direct buffer is; mostly the same is asked about. Event loop only. */
	long address(ByteBuffer direct) {
		if (direct != this.buffer) {
			if (!direct.isDirect()) {
				throw new IllegalArgumentException("a buffer to read into has to be direct: one of the heap may move");
			}
			this.bufferAddress = MemorySegment.ofBuffer(direct).address() - direct.position();
			this.buffer = direct;
		}
		return this.bufferAddress;
	}

	@Override
	public void poll(Consumer<PolledSocket> ready) throws IOException {
		if (this.loop == null) {
			this.loop = Thread.currentThread();
		}
		applyChanges();
		tell(this.epoll.poll(), ready);
	}

	@Override
	public void await(long nanos, Consumer<PolledSocket> ready) throws IOException {
		applyChanges();
		if (Thread.currentThread().isVirtual()) {
			park(nanos);
			tell(this.epoll.poll(), ready);
		}
		else {
			tell(this.epoll.await(nanos), ready);
		}
	}

	private void park(long nanos) {
		if (!this.guarded && !beGuarded()) {
			LockSupport.parkNanos(this, (nanos < 0) ? UNGUARDED_NANOS : Math.min(nanos, UNGUARDED_NANOS));
		}
		else if (nanos < 0) {
			LockSupport.park(this);
		}
		else {
			LockSupport.parkNanos(this, nanos);
		}
	}

	private boolean beGuarded() {
		// Before the wakeup thread can clear it.
		this.guarded = true;
		try {
			WakeupThread.instance().watch(this, this.registered);
			this.registered = true;
			return true;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.guarded = false;
			reportUnguarded(ex);
			return false;
		}
	}

	/**
	 * Once for each poller: it happens again and again until there is what was wanting.
	 */
	private void reportUnguarded(Throwable ex) {
		if (!this.unguardedReported) {
			this.unguardedReported = true;
			logger.warn(
					"An event loop cannot be watched while it sleeps, and looks at its sockets each {} ms until it can",
					TimeUnit.NANOSECONDS.toMillis(UNGUARDED_NANOS), ex);
		}
	}

	/** The wakeup thread saw something. */
	void somethingReady() {
		this.guarded = false;
		LockSupport.unpark(this.loop);
	}

	Epoll epoll() {
		return this.epoll;
	}

	private void applyChanges() {
		// It may grow meanwhile.
		for (int i = 0; i < this.changed.size(); i++) {
			EpollSocket socket = this.changed.get(i);
			socket.takeChange();
			if (socket.isOpen() && socket.interest() != socket.watched()) {
				applyChange(socket);
			}
		}
		this.changed.clear();
	}

	/** The system watches so many sockets of a user and no more, for one. */
	private void applyChange(EpollSocket socket) {
		try {
			this.epoll.watch(socket.descriptor(), events(socket.watched()), events(socket.interest()));
			socket.setWatched(socket.interest());
		}
		catch (IOException ex) {
			socket.handler().notWatched(ex);
		}
	}

	private static int events(int operations) {
		int in = ((operations & (PolledSocket.READ | PolledSocket.ACCEPT)) != 0) ? Epoll.IN : 0;
		int out = ((operations & (PolledSocket.WRITE | PolledSocket.CONNECT)) != 0) ? Epoll.OUT : 0;
		return in | out;
	}

	private void tell(int count, Consumer<PolledSocket> ready) {
		for (int i = 0; i < count; i++) {
			int descriptor = this.epoll.descriptor(i);
			if (descriptor == this.counter.descriptor()) {
				this.counter.reset();
				continue;
			}
			EpollSocket socket = this.sockets[descriptor];
			if (socket != null && socket.noteEvents(this.epoll.events(i))) {
				ready.accept(socket);
			}
		}
	}

	@Override
	public void wakeUp() {
		Thread loop = this.loop;
		if (loop != null && loop.isVirtual()) {
			LockSupport.unpark(loop);
		}
		else {
			this.counter.raise();
		}
	}

	@Override
	public void threadReplaced() {
		this.loop = Thread.currentThread();
	}

	@Override
	public Collection<ReadyHandler> handlers() {
		return Arrays.stream(this.sockets).filter(Objects::nonNull).map(EpollSocket::handler).toList();
	}

	@Override
	public void close() {
		this.closed = true;
		if (this.registered) {
			WakeupThread.forget(this);
		}
		this.counter.close();
		this.epoll.close();
	}

}
