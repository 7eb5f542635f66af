package io.streams.demo.traffic;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.ConnectOptions;
import io.streams.spring.server.StreamServers;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Two clients of the demo's own: a quick one, which talks to the echo and reads the
 * ticker in gulps, and a slow one, which takes a kilobyte of the ticker a second, so that
 * there is always somebody to wait for. They start last and stop first.
 * {@code demo.traffic=false} turns them off.
 */
@Component
@ConditionalOnBooleanProperty(name = "demo.traffic", matchIfMissing = true)
class Traffic implements SmartLifecycle {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

	/** Takes what comes, but not all the time: a core has more to do than to tick. */
	private static final Conversation QUICK = new PacedReading(200 * 1024, Duration.ofMillis(250));

	private static final Conversation SLOW = new PacedReading(256, Duration.ofMillis(250));

	private static final Conversation LINES = new LineExchange(10, Duration.ofMillis(200));

	/**
	 * Small buffers, or the system would read ahead for minutes in the slow client's
	 * name.
	 */
	private static final ConnectOptions UNHURRIED = ConnectOptions.builder()
		.limit(1024)
		.receiveBuffer(4 * 1024)
		.build();

	private final StreamServers servers;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by {@link #lock}. */
	private StopSignal stop = new StopSignal();

	/** Guarded by {@link #lock}. */
	private List<Thread> clients = List.of();

	Traffic(StreamServers servers) {
		this.servers = servers;
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			this.stop = new StopSignal();
			this.clients = List.of(start("quick-echo", "echo", ConnectOptions.DEFAULT, LINES),
					start("quick-ticker", "ticker", ConnectOptions.DEFAULT, QUICK),
					start("slow-ticker", "ticker", UNHURRIED, SLOW));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void stop() {
		this.lock.lock();
		try {
			this.stop.give();
			this.clients.forEach(Thread::interrupt);
			for (Thread client : this.clients) {
				client.join(STOP_TIMEOUT);
			}
			this.clients = List.of();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean isRunning() {
		this.lock.lock();
		try {
			return !this.clients.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Thread start(String name, String server, ConnectOptions options, Conversation conversation) {
		TrafficClient client = new TrafficClient(this.servers, server, options, conversation, this.stop);
		return Thread.ofVirtual().name("traffic-" + name).start(client);
	}

}
