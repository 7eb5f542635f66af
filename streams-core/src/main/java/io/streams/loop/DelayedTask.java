package io.streams.loop;

import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * A task of an event loop that any thread may cancel before its time.
 */
final class DelayedTask implements TimerQueue.Action, Cancellable {

	private final EventLoop loop;

	/** Taken by the loop when it is due, and dropped by whoever cancels. */
	private volatile @Nullable Runnable task;

	/** Event loop only. */
	private TimerQueue.@Nullable Timer timer;

	DelayedTask(EventLoop loop, Runnable task) {
		this.loop = loop;
		this.task = task;
	}

	/** Event loop only. */
	void schedule(long at) {
		if (this.task != null) {
			this.timer = this.loop.timers().schedule(at, this);
		}
	}

	@Override
	public void timeElapsed(long now) {
		Runnable due = this.task;
		if (due != null) {
			this.task = null;
			due.run();
		}
	}

	@Override
	public void cancel() {
		if (this.task != null) {
			this.task = null;
			this.loop.execute(this::unschedule);
		}
	}

	private void unschedule() {
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

}
