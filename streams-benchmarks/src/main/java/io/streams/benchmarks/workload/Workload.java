package io.streams.benchmarks.workload;

/**
 * A load on a server, and how its figures are counted.
 *
 * @param name its name in options and reports
 * @param kind what the load generator does
 * @param service what the server does
 * @param connections how many connections it holds open
 * @param inFlight how many messages are under way on each
 */
public record Workload(String name, Kind kind, Service service, int connections, int inFlight) {

	static Workload echo(int connections, int inFlight) {
		return new Workload("echo-" + connections + "x" + inFlight, Kind.ECHO, Service.ECHO, connections, inFlight);
	}

	static Workload tlsEcho(int connections, int inFlight) {
		return new Workload("tls-echo-" + connections + "x" + inFlight, Kind.ECHO, Service.ECHO_TLS, connections,
				inFlight);
	}

	static Workload resp(int connections, int inFlight) {
		return new Workload("resp-" + connections + "x" + inFlight, Kind.RESP, Service.RESP, connections, inFlight);
	}

	static Workload of(String name, Kind kind, Service service, int connections) {
		return new Workload(name, kind, service, connections, 1);
	}

	/** What the load generator does. */
	public enum Kind {

		/** Sends lines, and for each that comes back another. */
		ECHO("messages", 1),

		/** As {@link #ECHO}, beside one client that sends and hardly reads. */
		SLOW_READER("messages", 1),

		/** Sends pairs of Redis's SET and GET, and for each that is answered another. */
		RESP("SET+GET pairs", 1),

		/** Reads as fast as it can. */
		DOWNLOAD("MiB", 1 << 20),

		/** Writes as fast as it can. */
		UPLOAD("MiB", 1 << 20),

		/** Connects, has one line sent back, closes. */
		CHURN("connections", 1),

		/** Opens connections, has one line sent back on each, and leaves them alone. */
		IDLE("connections", 1);

		private final String unit;

		private final long unitSize;

		Kind(String unit, long unitSize) {
			this.unit = unit;
			this.unitSize = unitSize;
		}

		/**
		 * What is counted.
		 * @return the name of the unit, in the plural
		 */
		public String unit() {
			return this.unit;
		}

		/**
		 * How many of the generator's counts make one unit.
		 * @return 1, or the bytes of a unit
		 */
		public long unitSize() {
			return this.unitSize;
		}

	}

}
