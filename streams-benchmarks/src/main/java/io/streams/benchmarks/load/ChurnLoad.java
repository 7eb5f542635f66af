package io.streams.benchmarks.load;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Connections that live for one line.
 */
final class ChurnLoad implements Load {

	private final LoadOptions options;

	private final ClientLoop loop;

	private final Message message = Message.line('C', 1);

	private @Nullable Interval interval;

	private long served;

	private boolean over;

	/** Clients that have not begun anew after the end. */
	private int ended;

	ChurnLoad(LoadOptions options) throws IOException {
		this.options = options;
		this.loop = new ClientLoop(options.port(), options.tls());
	}

	@Override
	public LoadResult run() throws IOException {
		Interval measured = new Interval(this.options);
		this.interval = measured;
		for (int i = 0; i < this.options.connections(); i++) {
			new ChurnClient(this.loop, this, this.message).connect();
		}
		while (measured.goesOn(this.loop.now(), this.served)) {
			this.loop.turn();
		}
		LoadResult result = measured.result();
		this.over = true;
		while (this.ended < this.options.connections()) {
			this.loop.turn();
		}
		return result;
	}

	/**
	 * A connection has served its turn.
	 * @return whether to open another
	 */
	boolean served(long nanos) {
		this.served++;
		if (this.interval != null) {
			this.interval.record(nanos);
		}
		if (this.over) {
			this.ended++;
		}
		return !this.over;
	}

}
