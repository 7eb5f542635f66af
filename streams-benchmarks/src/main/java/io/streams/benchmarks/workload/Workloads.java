package io.streams.benchmarks.workload;

import java.util.List;

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

	private Workloads() {
	}

	public static List<Workload> all() {
		return ALL;
	}

}
