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

	/** Adds a request that is not in the list of changes. */
	void add(IterationRequest request) {
		this.changes.add(request);
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
	 * Runs the requested iterations.
	 * @return whether one had an effect
	 */
	boolean runRequests() {
		boolean worked = false;
		IterationRequest request = this.changes.takeAll();
		while (request != null) {
			IterationRequest next = request.takeNextListed();
			try {
				worked |= request.runIteration();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
			request = next;
		}
		return worked;
	}

}
