package io.streams.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;

/**
 * The sockets of a loop that are ready. Clients and input come first, in the turn that
 * finds them ready. Sockets that are ready to be written to and for nothing else take the
 * rest of the turn and wait for the next one where it is over: many peers that take all
 * that they get do not delay clients, input and deadlines. Event loop only.
 */
final class ReadySockets {

	/**
	 * Connections that are served before the handlers that they woke run: few enough for
	 * what a handler touches to be in the processor's caches still, and enough for the
	 * yield to cost little.
	 */
	private static final int BATCH = 16;

	/** How old a turn may be that goes on to send. */
	private static final long WRITING_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

	private final EventLoop loop;

	private final List<PolledSocket> ready = new ArrayList<>();

	/** How many of them have been handled. */
	private int handled;

	private final Queue<PolledSocket> writable = new ArrayDeque<>();

	ReadySockets(EventLoop loop) {
		this.loop = loop;
	}

	void add(PolledSocket socket) {
		if (socket.readyOperations() != PolledSocket.WRITE) {
			this.ready.add(socket);
		}
		else if (!socket.handler().isPutOff()) {
			socket.handler().setPutOff(true);
			this.writable.add(socket);
		}
	}

	boolean isEmpty() {
		return this.ready.isEmpty() && this.writable.isEmpty();
	}

	/** Handles them, and leaves what has to wait for the next turn. */
	void handle() {
		handleReady();
		handleWritable();
	}

	private void handleReady() {
		// Where another thread takes the loop over within, it goes on here.
		for (; this.handled < this.ready.size(); this.handled++) {
			if (this.handled > 0 && this.handled % BATCH == 0) {
				this.loop.finishBatch();
			}
			dispatch(this.ready.get(this.handled));
		}
		this.ready.clear();
		this.handled = 0;
	}

	private void handleWritable() {
		for (int i = 1; !this.writable.isEmpty(); i++) {
			PolledSocket socket = this.writable.remove();
			socket.handler().setPutOff(false);
			dispatch(socket);
			if (i % BATCH == 0) {
				this.loop.finishBatch();
				if (System.nanoTime() - this.loop.time().began() > WRITING_NANOS) {
					return;
				}
			}
		}
	}

	/** Tells a socket's handler what the socket is ready for. */
	void dispatch(PolledSocket socket) {
		try {
			int operations = socket.readyOperations();
			if (operations != 0) {
				ReadyHandler handler = socket.handler();
				this.loop.health().atWork(handler);
				handler.ready(operations);
			}
		}
		catch (Throwable ex) {
			this.loop.survive(ex);
		}
		finally {
			this.loop.health().atWork(null);
		}
	}

}
