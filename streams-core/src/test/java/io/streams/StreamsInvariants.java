package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.streams.buffer.SegmentPool;
import io.streams.transport.LoopStatistics;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * What must be after a test as it was before: the sockets of the process, the segments in
 * use, the connections of the {@linkplain TestNetwork#TRANSPORTS test's event loops}; and
 * nothing is logged at WARN or ERROR but what the test {@linkplain ExpectedLog declares}.
 * The return to the old state may take a few seconds.
 */
final class StreamsInvariants implements BeforeEachCallback, AfterEachCallback {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
		.create(StreamsInvariants.class);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	static {
		Awaitility.setDefaultPollDelay(Duration.ZERO);
		Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
		openTheSocketsThatTheJdkKeeps();
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		Warnings warnings = new Warnings();
		warnings.attach();
		store(context).put(Warnings.class, warnings);
		store(context).put(Map.class, figures());
	}

	@Override
	@SuppressWarnings("unchecked")
	public void afterEach(ExtensionContext context) {
		Map<String, Long> before = store(context).remove(Map.class, Map.class);
		Warnings warnings = store(context).remove(Warnings.class, Warnings.class);
		try {
			awaitReturnTo(before);
		}
		finally {
			warnings.detach();
		}
		warnings.verify(expected(context));
	}

	private static ExtensionContext.Store store(ExtensionContext context) {
		return context.getStore(NAMESPACE);
	}

	private static List<ExpectedLog> expected(ExtensionContext context) {
		return context.getTestMethod()
			.map((method) -> Arrays.asList(method.getAnnotationsByType(ExpectedLog.class)))
			.orElse(List.of());
	}

	private static void awaitReturnTo(Map<String, Long> before) {
		try {
			Awaitility.await().atMost(PATIENCE).until(() -> isWithin(before));
		}
		catch (ConditionTimeoutException ex) {
			fail("left behind by the test: before %s, after %s, sockets now %s", before, figures(), sockets());
		}
	}

	private static boolean isWithin(Map<String, Long> before) {
		Map<String, Long> now = figures();
		return now.entrySet().stream().allMatch((figure) -> figure.getValue() <= before.get(figure.getKey()));
	}

	private static Map<String, Long> figures() {
		Map<String, Long> figures = new TreeMap<>();
		figures.put("sockets", (long) sockets().size());
		figures.put("segments", SegmentPool.segmentsInUse());
		figures.put("connections",
				Stream.of(TestNetwork.TRANSPORTS, TestNetwork.MEMORY)
					.flatMap((transports) -> transports.loops().stream())
					.mapToLong(LoopStatistics::connections)
					.sum());
		return figures;
	}

	/** The process's socket descriptors; none off Linux. */
	static List<String> sockets() {
		List<String> sockets = new ArrayList<>();
		if (!Files.isDirectory(DESCRIPTORS)) {
			return sockets;
		}
		try (var links = Files.newDirectoryStream(DESCRIPTORS)) {
			for (Path link : links) {
				String target = readLink(link);
				if (target.startsWith("socket:")) {
					sockets.add(link.getFileName() + "=" + target);
				}
			}
			return sockets;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String readLink(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			// It was closed in the meantime.
			return "";
		}
	}

	private static void openTheSocketsThatTheJdkKeeps() {
		try (ServerSocketChannel server = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
				SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
			assertThat(client.isConnected()).isTrue();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The library's log events from WARN on. */
	private static final class Warnings extends AppenderBase<ILoggingEvent> {

		private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.streams");

		/** Guarded by this appender's own lock. */
		private final List<ILoggingEvent> events = new ArrayList<>();

		void attach() {
			setContext(LOGGER.getLoggerContext());
			start();
			LOGGER.addAppender(this);
			// What is expected need not be seen, and what is not expected is in the
			// failure.
			LOGGER.setAdditive(false);
		}

		void detach() {
			LOGGER.detachAppender(this);
			LOGGER.setAdditive(true);
			stop();
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
				this.events.add(event);
			}
		}

		void verify(List<ExpectedLog> expected) {
			List<String> messages = this.events.stream().map(ILoggingEvent::getFormattedMessage).toList();
			for (ExpectedLog declared : expected) {
				long times = messages.stream().filter((message) -> message.contains(declared.value())).count();
				if (declared.times() == ExpectedLog.ANY) {
					continue;
				}
				if (declared.times() < 0) {
					assertThat(times).as("'%s' among the logged %s", declared.value(), messages).isPositive();
				}
				else {
					assertThat(times).as("'%s' among the logged %s", declared.value(), messages)
						.isEqualTo(declared.times());
				}
			}
			assertThat(this.events).as("unexpected log events")
				.filteredOn((event) -> expected.stream()
					.noneMatch((declared) -> event.getFormattedMessage().contains(declared.value())))
				.extracting(Warnings::describe)
				.isEmpty();
		}

		private static String describe(ILoggingEvent event) {
			String cause = (event.getThrowableProxy() != null)
					? "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy()) : "";
			return event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage() + cause;
		}

	}

}
