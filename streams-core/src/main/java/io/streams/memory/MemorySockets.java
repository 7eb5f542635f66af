package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.socket.ListenSocket;
import io.streams.socket.Poller;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;

import org.jspecify.annotations.Nullable;

/**
 * A system of sockets that are objects. A listener can be reached through its own system
 * only.
 */
final class MemorySockets implements SocketSystem {

	/** To keep the seeds of neighbours far apart. */
	private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

	private final int chunk;

	private final int receiveBuffer;

	private final FaultPlan plan;

	private final @Nullable VirtualClock clock;

	/** The listeners by name. */
	private final ConcurrentMap<String, MemoryListenSocket> listeners = new ConcurrentHashMap<>();

	private final AtomicLong lastNumber = new AtomicLong();

	private final AtomicLong lastPipe = new AtomicLong();

	private final AtomicInteger open = new AtomicInteger();

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: decides which accepts fail. */
	private final Random accepts;

	private volatile boolean closed;

	/**
	 * @param chunk the maximum of bytes that one read returns
	 * @param receiveBuffer bytes that wait for a peer that does not read
	 * @param clock the time, or {@code null} for the system's
	 */
	MemorySockets(int chunk, int receiveBuffer, FaultPlan plan, @Nullable VirtualClock clock) {
		this.chunk = chunk;
		this.receiveBuffer = receiveBuffer;
		this.plan = plan;
		this.clock = clock;
		this.accepts = new Random(plan.seed());
	}

	@Override
	public Poller openPoller() {
		MemoryPoller poller = new MemoryPoller(this);
		if (this.clock != null) {
			this.clock.addListener(poller.wakeUpAction());
		}
		return poller;
	}

	/** A poller is used no more. */
	void closed(MemoryPoller poller) {
		if (this.clock != null) {
			this.clock.removeListener(poller.wakeUpAction());
		}
	}

	@Override
	public StreamSocket open(SocketAddress address) throws IOException {
		requireMemoryAddress(address);
		count();
		return new MemoryStreamSocket(this);
	}

	@Override
	public ListenSocket openListener(SocketAddress address) throws IOException {
		requireMemoryAddress(address);
		count();
		return new MemoryListenSocket(this);
	}

	@Override
	public long timeAt(long nanoTime) {
		return (this.clock != null) ? this.clock.nanoTime() : nanoTime;
	}

	/** Returns the time that links and deadlines follow. */
	long nanoTime() {
		return timeAt(System.nanoTime());
	}

	/** Whether a socket takes bytes for a peer that does not read. */
	boolean buffersForReaders() {
		return this.receiveBuffer > 0;
	}

	/** Waits until the poller is woken, or the time has passed. */
	void park(MemoryPoller poller, long nanos) {
		if (this.clock != null || nanos == Long.MAX_VALUE) {
			LockSupport.park(poller);
		}
		else if (nanos > 0) {
			LockSupport.parkNanos(poller, nanos);
		}
	}

	private static void requireMemoryAddress(SocketAddress address) throws SocketErrorException {
		if (!(address instanceof MemoryAddress)) {
			throw new SocketErrorException(SocketError.FAMILY_NOT_SUPPORTED,
					"an in-memory network has MemoryAddresses only", null);
		}
	}

	/** Makes two connected ends, without a listener. */
	MemoryStreamSocket[] pair(MemoryAddress one, MemoryAddress other) {
		MemoryStreamSocket left = new MemoryStreamSocket(this);
		MemoryStreamSocket right = new MemoryStreamSocket(this);
		this.open.addAndGet(2);
		left.name(one, other);
		right.name(other, one);
		MemoryStreamSocket.connect(left, right, newPipe(), newPipe());
		return new MemoryStreamSocket[] { left, right };
	}

	/** Connects a client, and returns the server's end. */
	MemoryStreamSocket connectedEnd(MemoryStreamSocket client) {
		MemoryStreamSocket end = new MemoryStreamSocket(this);
		this.open.incrementAndGet();
		end.nameAfterPeer(client);
		MemoryStreamSocket.connect(client, end, newPipe(), newPipe());
		return end;
	}

	private MemoryPipe newPipe() {
		PipeFaults faults = PipeFaults.NONE;
		if (this.plan != FaultPlan.NONE) {
			long seed = this.plan.seed() + SEED_STEP * this.lastPipe.incrementAndGet();
			faults = new PlannedFaults(this.plan, seed, this::nanoTime);
		}
		return new MemoryPipe(this.chunk, this.receiveBuffer, faults);
	}

	private void count() throws IOException {
		if (this.open.incrementAndGet() > this.plan.maxSockets()) {
			this.open.decrementAndGet();
			throw tooManySockets();
		}
	}

	void socketClosed() {
		this.open.decrementAndGet();
	}

	/**
	 * An end that waits to be accepted counts already, as its descriptor is made then.
	 */
	void refuseAcceptIfPlanned() throws IOException {
		if (this.open.get() > this.plan.maxSockets() || acceptFails()) {
			throw tooManySockets();
		}
	}

	private boolean acceptFails() {
		this.lock.lock();
		try {
			return this.plan.acceptFailures() > 0 && this.accepts.nextDouble() < this.plan.acceptFailures();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static SocketErrorException tooManySockets() {
		return new SocketErrorException(SocketError.OTHER, "Too many open files", null);
	}

	/** Takes a name; answers whether it was free. */
	boolean bind(MemoryAddress address, MemoryListenSocket listener) {
		return this.listeners.putIfAbsent(address.name(), listener) == null;
	}

	/** The name is free again. */
	void unbind(MemoryAddress address, MemoryListenSocket listener) {
		this.listeners.remove(address.name(), listener);
	}

	/** The listener of a name. */
	@Nullable MemoryListenSocket listener(MemoryAddress address) {
		return this.listeners.get(address.name());
	}

	MemoryAddress serverAddress(MemoryAddress wanted) {
		return wanted.name().isEmpty() ? chosenAddress("server-") : wanted;
	}

	MemoryAddress clientAddress(@Nullable MemoryAddress wanted) {
		return (wanted == null || wanted.name().isEmpty()) ? chosenAddress("client-") : wanted;
	}

	private MemoryAddress chosenAddress(String prefix) {
		String name;
		do {
			name = prefix + this.lastNumber.incrementAndGet();
		}
		while (this.listeners.containsKey(name));
		return MemoryAddress.of(name);
	}

	/** Ends the network: connects that still wait fail with that reason. */
	void close() {
		this.closed = true;
	}

	boolean isClosed() {
		return this.closed;
	}

}
