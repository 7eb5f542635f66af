package io.streams.spring.server;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import java.util.Locale;
import io.streams.ServerState;
import io.streams.StopReport;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import io.streams.spring.handler.StreamHandler;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.ApplicationContext;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.core.env.Environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamServerStartStopLifecycle} and
 * {@link StreamServerGracefulShutdownLifecycle}.
 */
class StreamServerLifecycleTests {

	private static final int CONNECTIONS = 50;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class));

	@Test
	void phasesAreThoseOfTheWebServer() {
		assertThat(StreamServerStartStopLifecycle.PHASE)
			.isEqualTo(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
		assertThat(StreamServerGracefulShutdownLifecycle.PHASE)
			.isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
	}

	@Test
	void eventsTellOfStartAndStop() {
		Events events = new Events();
		this.runner.withBean(EchoServer.class).withBean(Events.class, () -> events).run((context) -> {
			assertThat(events.texts).containsExactly("StreamServerStartedEvent echo serving");
			assertThat(events.portAtStart).isEqualTo(context.getBean(StreamServers.class).get("echo").port());
			close(context);
			assertThat(events.texts).containsExactly("StreamServerStartedEvent echo serving",
					"StreamServerStoppedEvent echo closed");
			assertThat(events.report).isEqualTo(new StopReport(0, 0, 0, 0));
		});
	}

	@Test
	void quietConnectionEndsAtOnceAndPortIsFree() {
		Events events = new Events();
		this.runner.withBean(EchoServer.class).withBean(Events.class, () -> events).run((context) -> {
			int port = portOf(context, "echo");
			try (StreamConnection client = connect(port)) {
				assertThat(exchange(client, "hello\n")).isEqualTo("hello\n");
				long started = System.nanoTime();
				close(context);
				assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
				assertThat(client.reader().read()).isEmpty();
			}
			assertThat(events.report.finished()).isEqualTo(1);
			assertThatIOException().isThrownBy(() -> Streams.openConnection("127.0.0.1", port));
		});
	}

	@Test
	void busyHandlerFinishesWithinGracePeriodWhileNobodyElseIsAccepted() {
		Events events = new Events();
		this.runner.withBean(Busy.class).withBean(Events.class, () -> events).run((context) -> {
			Busy busy = context.getBean(Busy.class);
			int port = portOf(context, "busy");
			try (StreamConnection client = connect(port)) {
				assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("begun\n");
				CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(context));
				await().until(() -> busy.connection.isStopping());
				assertThatIOException().isThrownBy(() -> Streams.openConnection("127.0.0.1", port));
				assertThat(closing).isNotDone();
				busy.finish.countDown();
				assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("finished\n");
				assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
			}
			assertThat(events.report).isEqualTo(new StopReport(1, 0, 0, 0));
		});
	}

	@Test
	void handlerThatDoesNotFinishIsCutOffAfterItsGracePeriod() {
		Events events = new Events();
		this.runner.withBean(Busy.class)
			.withBean(Events.class, () -> events)
			.withPropertyValues("streams.shutdown.grace-period=300ms")
			.run((context) -> {
				try (StreamConnection client = connect(portOf(context, "busy"))) {
					client.reader().readLine();
					long started = System.nanoTime();
					close(context);
					assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(300),
							Duration.ofMillis(5300));
				}
				assertThat(events.report.finished()).isZero();
				assertThat(events.report.closed() + events.report.aborted()).isEqualTo(1);
			});
	}

	@Test
	void serversAreStoppedAtTheSameTime() {
		this.runner.withBean(Busy.class)
			.withBean(Busier.class)
			.withPropertyValues("streams.servers.busy.grace-period=2500ms",
					"streams.servers.busier.grace-period=2500ms")
			.run((context) -> {
				try (StreamConnection client = connect(portOf(context, "busy"));
						StreamConnection other = connect(portOf(context, "busier"))) {
					client.reader().readLine();
					other.reader().readLine();
					long started = System.nanoTime();
					close(context);
					assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(2500),
							Duration.ofMillis(5000));
				}
			});
	}

	@Test
	void phaseThatTimesOutEndsInAForcedStop() {
		Events events = new Events();
		this.runner.withBean(Busy.class)
			.withBean(Events.class, () -> events)
			.withBean(StreamServerCustomizer.class,
					() -> (server, options) -> options.gracePeriod(Duration.ofMinutes(10)))
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=200ms")
			.run((context) -> {
				try (StreamConnection client = connect(portOf(context, "busy"))) {
					client.reader().readLine();
					long started = System.nanoTime();
					close(context);
					assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
				}
				assertThat(events.texts).contains("StreamServerStoppedEvent busy closed");
				assertThat(events.report.finished()).isZero();
				assertThat(events.report.closed() + events.report.aborted()).isEqualTo(1);
			});
	}

	@Test
	void everyByteThatWasAcceptedArrivesWhenTheServerStops() {
		this.runner.withBean(Numbers.class).run((context) -> {
			Numbers numbers = context.getBean(Numbers.class);
			int port = portOf(context, "numbers");
			List<CompletableFuture<Long>> received = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				received.add(receiveAll(port));
			}
			await().until(() -> numbers.handlers.get() == CONNECTIONS);
			numbers.begin.countDown();
			await().until(() -> numbers.accepted.get() > 1024 * 1024);
			close(context);
			long sum = 0;
			for (CompletableFuture<Long> each : received) {
				sum += each.get(10, TimeUnit.SECONDS);
			}
			assertThat(sum).isPositive().isEqualTo(numbers.accepted.get());
		});
	}

	@Test
	void processIsKeptAliveWhileServersRun() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			assertThat(keepAliveThreads()).singleElement().satisfies((thread) -> {
				assertThat(thread.isDaemon()).isFalse();
				assertThat(thread.isVirtual()).isFalse();
			});
			keepAliveThreads().forEach(Thread::interrupt);
			close(context);
			await().untilAsserted(() -> assertThat(keepAliveThreads()).isEmpty());
		});
	}

	@Test
	void stoppedContextCanBeStartedAgain() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			ConfigurableApplicationContext source = source(context);
			for (int i = 0; i < 3; i++) {
				source.stop();
				assertThat(context.getBean(StreamServers.class).getRunning()).isEmpty();
				source.start();
				try (StreamConnection client = connect(portOf(context, "echo"))) {
					assertThat(exchange(client, "again\n")).isEqualTo("again\n");
				}
			}
		});
	}

	@Test
	void portIsReleasedWhenALaterBeanFailsToStart() throws Exception {
		AtomicInteger port = new AtomicInteger();
		this.runner.withBean(EchoServer.class)
			.withBean(FailingLifecycle.class, () -> new FailingLifecycle(port))
			.run((context) -> assertThat(context).hasFailed());
		assertThat(port).hasPositiveValue();
		assertThatIOException().isThrownBy(() -> Streams.openConnection("127.0.0.1", port.get()))
			.withRootCauseInstanceOf(ConnectException.class);
		await().untilAsserted(() -> assertThat(keepAliveThreads()).isEmpty());
	}

	@Test
	void portIsReleasedWhenAListenerOfTheEventFails() {
		AtomicInteger port = new AtomicInteger();
		this.runner.withBean(EchoServer.class)
			.withBean(FailingEvents.class, () -> new FailingEvents(port))
			.run((context) -> assertThat(context).hasFailed());
		assertThatIOException().isThrownBy(() -> Streams.openConnection("127.0.0.1", port.get()));
		await().untilAsserted(() -> assertThat(keepAliveThreads()).isEmpty());
	}

	@Test
	void serverThatTheApplicationClosedHasNoReport() {
		Events events = new Events();
		this.runner.withBean(EchoServer.class).withBean(Events.class, () -> events).run((context) -> {
			StreamServer server = context.getBean(StreamServers.class).get("echo");
			server.close();
			await().until(() -> server.state() == ServerState.CLOSED);
			source(context).getBean(StreamServerStartStopLifecycle.class).stop();
			assertThat(events.texts).contains("StreamServerStoppedEvent echo closed");
			assertThat(events.report).isNull();
		});
	}

	@Test
	void everythingEndsWhenAListenerOfTheStopFails() {
		FailingAtStop events = new FailingAtStop(new ArrayList<>());
		this.runner.withBean(EchoServer.class)
			.withBean(Busy.class)
			.withBean(FailingAtStop.class, () -> events)
			.run((context) -> {
				source(context).stop();
				assertThat(events.stopped()).containsExactlyInAnyOrder("echo", "busy");
				assertThat(context.getBean(StreamServers.class).getRunning()).isEmpty();
				await().untilAsserted(() -> assertThat(keepAliveThreads()).isEmpty());
			});
	}

	@Test
	void handlersRunOnPlatformThreadsIfThePropertySaysSo() {
		this.runner.withBean(EchoServer.class)
			.withPropertyValues("streams.servers.echo.handler-threads=platform")
			.run((context) -> {
				StreamServer server = context.getBean(StreamServers.class).get("echo");
				try (StreamConnection client = Streams.openConnection("127.0.0.1", server.port())) {
					client.writer().write("hello\n".getBytes(UTF_8));
					assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("hello\n");
					assertThat(server.connections()).singleElement()
						.extracting(StreamConnection::handlerThread)
						.matches((thread) -> !thread.isVirtual() && thread.isDaemon());
				}
			});
	}

	@Test
	void stopThatEndsInAnErrorIsOver() throws Exception {
		StreamServer server = mock();
		given(server.name()).willReturn("broken");
		given(server.stop(any())).willThrow(new LinkageError("not today"));
		RunningServer running = new RunningServer(server, Duration.ZERO);
		assertThat(running.stopGracefully()).succeedsWithin(Duration.ofSeconds(5));
		assertThat(running.stopReport()).isNull();
	}

	@Test
	void serverIsLookedUpByName() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			StreamServers servers = context.getBean(StreamServers.class);
			assertThat(servers.getNames()).containsExactly("echo");
			assertThat(servers.getRunning()).singleElement().isSameAs(servers.get("echo"));
			assertThat(servers.find("other")).isNull();
			assertThatIllegalArgumentException().isThrownBy(() -> servers.get("other"))
				.withMessage("there is no stream server 'other', only [echo]");
			source(context).stop();
			assertThat(servers.find("echo")).isNull();
			assertThatIllegalStateException().isThrownBy(() -> servers.get("echo"))
				.withMessageStartingWith("stream server 'echo' does not run");
		});
	}

	@Test
	void handlersSeeTheApplicationsClassLoader() {
		ClassLoader classLoader = new ClassLoader(getClass().getClassLoader()) {
		};
		this.runner.withBean(ClassLoaders.class).withClassLoader(classLoader).run((context) -> {
			try (StreamConnection client = connect(portOf(context, "class-loaders"))) {
				client.reader().read();
			}
			assertThat(context.getBean(ClassLoaders.class).seen).succeedsWithin(Duration.ofSeconds(5))
				.isSameAs(classLoader);
		});
	}

	private static CompletableFuture<Long> receiveAll(int port) {
		CompletableFuture<Long> received = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try (StreamConnection client = connect(port)) {
				long count = 0;
				for (byte[] bytes; (bytes = client.reader().read(8192)).length > 0;) {
					count += bytes.length;
				}
				received.complete(count);
			}
			catch (IOException ex) {
				received.completeExceptionally(ex);
			}
		});
		return received;
	}

	private static List<Thread> keepAliveThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("streams-await"))
			.toList();
	}

	private static StreamConnection connect(int port) throws IOException {
		return Streams.openConnection("127.0.0.1", port);
	}

	private static String exchange(StreamConnection client, String line) throws IOException {
		client.writer().write(line.getBytes(UTF_8));
		return new String(client.reader().readLine(), UTF_8);
	}

	private static int portOf(ApplicationContext context, String server) {
		return context.getBean(StreamServers.class).get(server).port();
	}

	private static void close(AssertableApplicationContext context) {
		source(context).close();
	}

	private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
		return (ConfigurableApplicationContext) context.getSourceApplicationContext();
	}

	static class Busy {

		final CountDownLatch finish = new CountDownLatch(1);

		volatile StreamConnection connection;

		@StreamHandler(server = "busy", host = "127.0.0.1", port = "0")
		void onConnect(StreamConnection connection, StreamWriter writer) throws Exception {
			this.connection = connection;
			writer.write("begun\n".getBytes(UTF_8));
			writer.flush();
			this.finish.await();
			writer.write("finished\n".getBytes(UTF_8));
		}

	}

	static class Busier {

		@StreamHandler(server = "busier", host = "127.0.0.1", port = "0")
		void onConnect(StreamWriter writer) throws Exception {
			writer.write("begun\n".getBytes(UTF_8));
			writer.flush();
			new CountDownLatch(1).await();
		}

	}

	static class Numbers {

		final AtomicInteger handlers = new AtomicInteger();

		final CountDownLatch begin = new CountDownLatch(1);

		final AtomicLong accepted = new AtomicLong();

		@StreamHandler(server = "numbers", host = "127.0.0.1", port = "0")
		void onConnect(StreamConnection connection) throws Exception {
			this.handlers.incrementAndGet();
			this.begin.await();
			for (int i = 0; !connection.isStopping(); i++) {
				byte[] line = ("number " + i + "\n").getBytes(UTF_8);
				connection.writer().write(line);
				this.accepted.addAndGet(line.length);
				connection.writer().drain();
			}
		}

	}

	static class ClassLoaders {

		final CompletableFuture<ClassLoader> seen = new CompletableFuture<>();

		@StreamHandler(server = "class-loaders", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) {
			this.seen.complete(Thread.currentThread().getContextClassLoader());
		}

	}

	static class Events implements ApplicationListener<StreamServerEvent>, EnvironmentAware {

		final List<String> texts = new ArrayList<>();

		StopReport report;

		Integer portAtStart;

		private Environment environment;

		@Override
		public void setEnvironment(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void onApplicationEvent(StreamServerEvent event) {
			StreamServer server = event.getServer();
			this.texts.add(event.getClass().getSimpleName() + " " + server.name() + " "
					+ server.state().name().toLowerCase(Locale.ROOT));
			if (event instanceof StreamServerStartedEvent) {
				this.portAtStart = this.environment.getProperty("local.streams." + server.name() + ".port",
						Integer.class);
			}
			if (event instanceof StreamServerStoppedEvent stopped) {
				this.report = stopped.getReport();
			}
		}

	}

	record FailingEvents(AtomicInteger port) implements ApplicationListener<StreamServerStartedEvent> {

		@Override
		public void onApplicationEvent(StreamServerStartedEvent event) {
			this.port.set(event.getServer().port());
			throw new IllegalStateException("not today");
		}

	}

	record FailingAtStop(List<String> stopped) implements ApplicationListener<StreamServerStoppedEvent> {

		@Override
		public void onApplicationEvent(StreamServerStoppedEvent event) {
			this.stopped.add(event.getServer().name());
			throw new IllegalStateException("not today");
		}

	}

	static class FailingLifecycle implements SmartLifecycle, EnvironmentAware {

		private final AtomicInteger port;

		private Environment environment;

		FailingLifecycle(AtomicInteger port) {
			this.port = port;
		}

		@Override
		public void setEnvironment(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void start() {
			this.port.set(this.environment.getRequiredProperty("local.streams.echo.port", Integer.class));
			throw new IllegalStateException("not today");
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
