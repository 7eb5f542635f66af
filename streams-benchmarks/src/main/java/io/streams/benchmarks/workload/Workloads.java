package io.streams.benchmarks.workload;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All workloads, in the order of the report.
 */
public final class Workloads {

	/**
	 * How many lines one reader leaves unread is up to the server; the others are so
	 * many.
	 */
	private static final int FAST_READERS = 1000;

	private static final int CHURNING = 32;

	private static final int IDLE = 10_000;

	/** The load generator holds an engine for each. */
	private static final int IDLE_TLS = 2000;

	private static final List<Workload> ALL = List.of(Workload.echo(1, 1), Workload.echo(64, 1), Workload.echo(64, 16),
			Workload.echo(1000, 1), Workload.echo(5000, 1),
			Workload.of("slow-reader", Workload.Kind.SLOW_READER, Service.ECHO, FAST_READERS),
			Workload.of("bulk-send", Workload.Kind.DOWNLOAD, Service.SEND, 1),
			Workload.of("bulk-receive", Workload.Kind.UPLOAD, Service.RECEIVE, 1),
			Workload.of("accept-close", Workload.Kind.CHURN, Service.ECHO, CHURNING),
			Workload.of("idle", Workload.Kind.IDLE, Service.ECHO, IDLE), Workload.tlsEcho(64, 1),
			Workload.tlsEcho(64, 16), Workload.of("tls-accept-close", Workload.Kind.CHURN, Service.ECHO_TLS, CHURNING),
			Workload.of("tls-idle", Workload.Kind.IDLE, Service.ECHO_TLS, IDLE_TLS), Workload.resp(64, 1),
			Workload.resp(64, 16));

	/** Other numbers of connections, to see how cost grows with them, and of lines. */
	private static final Pattern ECHO = Pattern.compile("echo-([1-9]\\d{0,4})x([1-9]\\d?)");

	private Workloads() {
	}

	public static List<Workload> all() {
		return ALL;
	}

	/**
	 * Finds a workload.
	 * @param name one of {@link #all()}, or {@code echo-CxN} for C connections and N
	 * lines in flight on each, as far as the system's ports and descriptors go
	 * @return the workload
	 * @throws IllegalArgumentException if there is none of that name
	 */
	public static Workload named(String name) {
		return ALL.stream().filter((workload) -> workload.name().equals(name)).findFirst().orElseGet(() -> echo(name));
	}

	private static Workload echo(String name) {
		Matcher echo = ECHO.matcher(name);
		if (!echo.matches()) {
			throw new IllegalArgumentException("'" + name + "' is neither echo-CxN nor one of: "
					+ String.join(", ", ALL.stream().map(Workload::name).toList()));
		}
		return Workload.echo(Integer.parseInt(echo.group(1)), Integer.parseInt(echo.group(2)));
	}

}
