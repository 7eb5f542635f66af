package io.streams.demo;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

import org.springframework.boot.test.context.TestComponent;

/**
 * A server whose handler reads when the test says so, and only as much as the test says.
 */
@TestComponent
public class SlowServer {

	/** The limit of its reader. */
	public static final int LIMIT = 4096;

	private final BlockingQueue<Integer> permits = new LinkedBlockingQueue<>();

	private final BlockingQueue<byte[]> readings = new LinkedBlockingQueue<>();

	@StreamHandler(server = "slow", host = "127.0.0.1", port = "0", limit = "4KB")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException, InterruptedException {
		for (int permitted; (permitted = this.permits.take()) > 0;) {
			this.readings.add(reader.readExactly(permitted));
		}
	}

	/** Lets the handler read some bytes, or end if it is 0. */
	public void permit(int bytes) {
		this.permits.add(bytes);
	}

	/** Waits for what the handler has read. */
	public byte[] reading() throws InterruptedException {
		byte[] reading = this.readings.poll(10, TimeUnit.SECONDS);
		if (reading == null) {
			throw new IllegalStateException("the handler has read nothing");
		}
		return reading;
	}

}
