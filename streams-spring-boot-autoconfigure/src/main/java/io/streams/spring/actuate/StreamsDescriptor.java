package io.streams.spring.actuate;

import java.time.Duration;
import java.util.List;

import io.streams.transport.LoopStatistics;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All servers and event loops.
 *
 * @param servers the servers that run
 * @param totals all of their connections together
 * @param loops the event loops
 * @param actions whether operators may act on servers and connections here
 */
public record StreamsDescriptor(List<ServerDescriptor> servers, TotalsDescriptor totals, List<LoopDescriptor> loops,
		boolean actions) implements OperationResponseBody {

	static StreamsDescriptor of(List<ServerDescriptor> servers, List<LoopStatistics> loops, boolean actions) {
		return new StreamsDescriptor(servers,
				TotalsDescriptor.sum(servers.stream().map(ServerDescriptor::totals).toList()),
				loops.stream().map(LoopDescriptor::of).toList(), actions);
	}

	/**
	 * An event loop.
	 *
	 * @param name the loop's name
	 * @param connections how many connections it owns
	 * @param lag how late it ran what was due, at worst, in the past seconds
	 * @param turns how often it went round
	 * @param idleWakeups how often it woke with nothing to do
	 */
	public record LoopDescriptor(String name, int connections, Duration lag, long turns, long idleWakeups) {

		static LoopDescriptor of(LoopStatistics loop) {
			return new LoopDescriptor(loop.name(), loop.connections(), Millis.ofNanos(loop.lagNanos()), loop.turns(),
					loop.idleWakeups());
		}

	}

}
