package io.streams.spring.autoconfigure;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.streams.CloseReason;
import io.streams.HandlerOutcome;
import io.streams.HandshakeOutcome;
import io.streams.RejectReason;
import io.streams.ServerOptions;
import io.streams.flow.WaterMarks;
import io.streams.loop.LoopOptions;
import io.streams.spring.autoconfigure.StreamsProperties.Server;
import io.streams.spring.metrics.StreamsMeters;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportOptions;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documentation says is what there is.
 */
class DocumentationTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| ([^|]*)\\| ");

	@Test
	void everyPropertyIsDocumented() throws IOException {
		List<String> expected = new ArrayList<>();
		addNames(expected, "streams.", StreamsProperties.class);
		addNames(expected, "", Server.class);
		expected.remove("streams.servers");
		assertThat(tableOf("spring-boot.md").keySet()).containsOnlyOnceElementsOf(expected)
			.containsAll(expected)
			.allMatch((name) -> expected.contains(name) || List.of("host", "port", "path", "limit").contains(name));
	}

	@Test
	void defaultsAreThoseOfTheCore() throws IOException {
		ServerOptions options = ServerOptions.DEFAULT;
		TransportOptions transport = options.listen().transport();
		Map<String, String> defaults = new LinkedHashMap<>();
		defaults.put("streams.loops.count", String.valueOf(LoopOptions.DEFAULT.loops()));
		defaults.put("streams.loops.threads", LoopOptions.DEFAULT.threads().name().toLowerCase(Locale.ROOT));
		defaults.put("streams.shutdown.grace-period", text(
				new GracePeriods(null, Duration.ofSeconds(30)).gracePeriodOf("streams.servers.echo", Server.UNSET)));
		defaults.put("unix-permissions", PosixFilePermissions.toString(options.listen().unixPermissions()));
		defaults.put("streams.shutdown.quiet-period", text(options.quietPeriod()));
		defaults.put("limit", kilobytes(options.limit()));
		defaults.put("max-connections", String.valueOf(options.maxConnections()));
		defaults.put("backlog", String.valueOf(options.listen().backlog()));
		defaults.put("reuse-address", String.valueOf(options.listen().reuseAddress()));
		defaults.put("reuse-port", String.valueOf(options.listen().reusePort()));
		defaults.put("keep-alive", String.valueOf(transport.keepAlive()));
		defaults.put("tcp-no-delay", String.valueOf(transport.tcpNoDelay()));
		defaults.put("write.high-water-mark", kilobytes(WaterMarks.DEFAULT.high()));
		defaults.put("write.low-water-mark", kilobytes(WaterMarks.DEFAULT.low()));
		defaults.put("write.max-buffer", String.valueOf(transport.maxWriteBuffer()));
		defaults.put("timeouts.idle", (transport.idleTimeout() != null) ? text(transport.idleTimeout()) : "0");
		defaults.put("timeouts.half-closed", text(transport.halfClosedTimeout()));
		defaults.put("timeouts.write-stall", text(transport.writeStallTimeout()));
		defaults.put("timeouts.close", text(transport.closeTimeout()));
		defaults.put("timeouts.linger", text(transport.lingerTimeout()));
		TlsOptions tls = TlsOptions.builder(() -> {
			throw new IllegalStateException("defaults need no context");
		}).build();
		defaults.put("ssl.client-auth", tls.clientAuthentication().name().toLowerCase(Locale.ROOT));
		defaults.put("ssl.handshake-timeout", text(tls.handshakeTimeout()));
		defaults.put("ssl.shutdown-timeout", text(tls.shutdownTimeout()));
		defaults.put("ssl.max-handshakes", String.valueOf(options.maxHandshakes()));
		defaults.replaceAll((name, value) -> "`" + value + "`");
		assertThat(tableOf("spring-boot.md")).containsAllEntriesOf(defaults);
	}

	@Test
	void everyMeterIsDocumented() throws IOException {
		String documentation = Files.readString(DOCS.resolve("management.md"));
		for (StreamsMeters meter : StreamsMeters.values()) {
			String tags = Arrays.stream(meter.getKeyNames())
				.map((key) -> "`" + key.asString() + "`")
				.collect(Collectors.joining(", "));
			assertThat(documentation)
				.contains("| `" + meter.getName() + "` | " + meter.getType().name().toLowerCase(Locale.ROOT) + " |"
						+ (tags.isEmpty() ? "" : " ") + tags + " | " + meter.getDescription() + " |");
		}
		assertThat(tableOf("management.md").keySet().stream().filter((name) -> name.startsWith("streams.")))
			.hasSameSizeAs(StreamsMeters.values());
	}

	@Test
	void everyValueOfATagIsDocumented() throws IOException {
		assertThat(Files.readString(DOCS.resolve("management.md")))
			.contains("closed connections: " + list(Arrays.stream(CloseReason.values()).map(CloseReason::text)) + ".")
			.contains("rejected clients: " + list(Arrays.stream(RejectReason.values()).map(RejectReason::text)) + ".")
			.contains("of handlers: " + list(Arrays.stream(HandlerOutcome.values()).map(HandlerOutcome::text)) + ".")
			.contains("of TLS handshakes: " + list(Arrays.stream(HandshakeOutcome.values()).map(HandshakeOutcome::text))
					+ ".");
	}

	private static void addNames(List<String> names, String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			if (component.getType().isRecord()) {
				addNames(names, name + ".", component.getType());
			}
			else {
				names.add(name);
			}
		}
	}

	/** The rows of all tables, from the first column to the second. */
	private static Map<String, String> tableOf(String document) throws IOException {
		Map<String, String> rows = new LinkedHashMap<>();
		for (String line : Files.readAllLines(DOCS.resolve(document))) {
			Matcher matcher = ROW.matcher(line);
			if (matcher.find()) {
				rows.put(matcher.group(1), matcher.group(2).strip());
			}
		}
		return rows;
	}

	private static String list(Stream<String> values) {
		return values.map((value) -> "`" + value + "`").collect(Collectors.joining(", "));
	}

	private static String kilobytes(int bytes) {
		return bytes / 1024 + "KB";
	}

	private static String text(Duration duration) {
		return duration.toSeconds() + "s";
	}

}
