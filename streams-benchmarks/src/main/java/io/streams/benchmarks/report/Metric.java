package io.streams.benchmarks.report;

/**
 * What is measured.
 */
public enum Metric {

	/** Messages, MiB or connections per second. */
	RATE("rate", "/s"),

	/** Processor time of the server per message, MiB or connection. */
	SERVER_CPU("serverCpu", "µs each"),

	/** Half of the messages came back within. */
	P50("p50", "µs"),

	/** 99 of 100 messages came back within. */
	P99("p99", "µs"),

	/** 999 of 1000 messages came back within. */
	P999("p99.9", "µs"),

	/** Heap that the server allocated per message, MiB or connection. */
	ALLOCATED("allocated", "B each"),

	/** Heap in use that a connection adds, after a collection. */
	HEAP("heap", "B each"),

	/** Memory outside the heap that a connection adds to what is resident. */
	OFF_HEAP("offHeap", "B each"),

	/** Both of them: the resident memory of a connection. */
	RESIDENT("resident", "B each"),

	/** The server's share of one core. */
	SERVER_SHARE("serverShare", "% of a core"),

	/** The load generator's share of one core. */
	LOAD_SHARE("loadShare", "% of a core"),

	/**
	 * What everything else on the machine used, in shares of one core: figures taken
	 * beside others are noise.
	 */
	OTHERS_SHARE("othersShare", "% of a core");

	private final String id;

	private final String unit;

	Metric(String id, String unit) {
		this.id = id;
		this.unit = unit;
	}

	/**
	 * Its name in the JSON file and in the table's head.
	 * @return the name
	 */
	public String id() {
		return this.id;
	}

	/**
	 * What its figures are in.
	 * @return the unit
	 */
	public String unit() {
		return this.unit;
	}

}
