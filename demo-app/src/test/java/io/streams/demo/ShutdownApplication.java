package io.streams.demo;

import java.util.concurrent.atomic.LongAdder;

import io.streams.StopReport;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.spring.server.StreamServerStoppedEvent;
import io.streams.spring.server.StreamServers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/**
 * The demo as a process of its own, which says what {@link ShutdownTests} needs to know.
 */
final class ShutdownApplication {

	private ShutdownApplication() {
	}

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(DemoApplication.class, Witness.class);
		ApplicationContext context = application.run(args);
		System.out.println("echo listens on " + context.getBean(StreamServers.class).get("echo").port());
	}

	/** Counts what the system took for peers, and tells how the echo server stopped. */
	@TestComponent
	static class Witness implements StreamListener {

		private final LongAdder sent = new LongAdder();

		@Override
		public void bytesSent(StreamConnection connection, long count) {
			if ("echo".equals(connection.serverName())) {
				this.sent.add(count);
			}
		}

		@EventListener
		void stopped(StreamServerStoppedEvent event) {
			if (event.getServer().name().equals("echo")) {
				StopReport report = event.getReport();
				System.out.println("echo stopped: sent " + this.sent.sum() + " unsent " + report.unsentBytes()
						+ " aborted " + report.aborted());
			}
		}

	}

}
