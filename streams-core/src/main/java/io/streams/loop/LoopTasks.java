package io.streams.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Holds the tasks and changes that other threads ask a loop to run in its next turn. Any
 * thread adds; the event loop runs them, and any thread after the loop's end.
 */
final class LoopTasks {

	private final EventLoop loop;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ChangeList changes = new ChangeList();

	LoopTasks(EventLoop loop) {
		this.loop = loop;
	}

	void add(Runnable task) {
		this.tasks.add(task);
	}

	/** Adds a transport that is not in the list of changes. */
	void add(SocketTransport changed) {
		this.changes.add(changed);
	}

	boolean isEmpty() {
		return this.tasks.isEmpty() && this.changes.isEmpty();
	}

	/**
	 * Runs what is queued now: tasks that queue tasks must not keep sockets waiting.
	 * @return whether there was any
	 */
	boolean runTasks() {
		boolean ran = false;
		for (int n = this.tasks.isEmpty() ? 0 : this.tasks.size(); n > 0; n--) {
			Runnable task = this.tasks.poll();
			if (task == null) {
				break;
			}
			ran = true;
			try {
				task.run();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
		}
		return ran;
	}

	/**
	 * Applies the changes of transports.
	 * @return whether one had an effect
	 */
	boolean applyChanges() {
		boolean worked = false;
		SocketTransport transport = this.changes.takeAll();
		while (transport != null) {
			SocketTransport next = transport.takeNextChanged();
			try {
				worked |= transport.applyChanges();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
			transport = next;
		}
		return worked;
	}

}
