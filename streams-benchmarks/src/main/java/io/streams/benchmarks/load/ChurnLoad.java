package io.streams.benchmarks.load;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Connections that live for one line.
 */
final class ChurnLoad implements Load {

	private final LoadOptions options;

	/** How many connections there are at a time. */
	private final int clients;

	private final ClientLoop loop;

	private final Message message = Message.line('C', 1);

	private @Nullable Interval interval;

	private long served;

	private boolean over;

	/** Clients that have not begun anew after the end. */
	private int ended;

	ChurnLoad(LoadOptions options, ClientLoop loop, int clients) {
		this.options = options;
		this.clients = clients;
		this.loop = loop;
	}

	@Override
	public void warmUp() throws IOException {
		warmUp(this.options.warmup());
	}

	@Override
	public LoadResult measure() throws IOException {
		Interval measured = new Interval(this.options);
		this.interval = measured;
		begin();
		while (measured.goesOn(this.loop.now(), this.served)) {
			this.loop.turn();
		}
		LoadResult result = measured.result();
		this.interval = null;
		end();
		return result;
	}

	/** Has connections come and go, without measuring them. */
	void warmUp(Duration duration) throws IOException {
		begin();
		this.loop.run(duration);
		end();
	}

	private void begin() throws IOException {
		this.over = false;
		this.ended = 0;
		for (int i = 0; i < this.clients; i++) {
			new ChurnClient(this.loop, this, this.message).connect();
		}
	}

	private void end() throws IOException {
		this.over = true;
		while (this.ended < this.clients) {
			this.loop.turn();
		}
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
