package io.streams.demo;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.streams.BufferSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

import org.springframework.boot.test.context.TestComponent;

/**
 * A server that says much at once, drains, and notes what is left to send when it goes
 * on.
 */
@TestComponent
public class BurstServer {

	/** How much it says: more than the small buffers of the system take. */
	public static final int BYTES = 500_000;

	private final BlockingQueue<BufferSnapshot> drained = new LinkedBlockingQueue<>();

	@StreamHandler(server = "burst", host = "127.0.0.1", port = "0")
	void onConnect(StreamConnection connection, StreamWriter writer) throws IOException {
		writer.write(new byte[BYTES]);
		writer.drain();
		this.drained.add(connection.snapshot().writing());
	}

	/** Waits for the end of a drain. */
	public BufferSnapshot awaitDrained() throws InterruptedException {
		BufferSnapshot writing = this.drained.poll(10, TimeUnit.SECONDS);
		if (writing == null) {
			throw new IllegalStateException("the handler is still draining");
		}
		return writing;
	}

}
