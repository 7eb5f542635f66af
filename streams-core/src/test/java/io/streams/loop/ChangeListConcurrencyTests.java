package io.streams.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.ModelCheck;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamReaderProtocol;
import io.streams.transport.Protocol;
import io.streams.transport.TransportOptions;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.require;
import static io.streams.ModelCheck.requireEqual;
import static io.streams.ModelCheck.start;

/**
 * Model checks the list of what wants the loop's attention, with Lincheck: a failure
 * shows the switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ChangeListConcurrencyTests {

	private static final Protocol PROTOCOL = new StreamReaderProtocol(new StreamReader(), StreamListener.NONE,
			(connection) -> {
			});

	@Test
	void everyTransportIsTakenOnce() {
		ModelCheck.explore("change list", 100, () -> {
			ChangeList changes = new ChangeList();
			SocketTransport[] transports = { transport(), transport(), transport() };
			Thread first = start(() -> changes.add(transports[0]));
			Thread second = start(() -> {
				changes.add(transports[1]);
				changes.add(transports[2]);
			});
			List<IterationRequest> taken = new ArrayList<>();
			take(changes, taken);
			take(changes, taken);
			join(first);
			join(second);
			take(changes, taken);
			requireEqual(taken.size(), transports.length, "transports taken");
			require(taken.containsAll(List.of(transports)), "every transport is taken");
			require(changes.isEmpty(), "the list is empty");
		});
	}

	private static void take(ChangeList changes, List<IterationRequest> taken) {
		for (IterationRequest request = changes.takeAll(); request != null;) {
			taken.add(request);
			request = request.takeNextListed();
		}
	}

	@SuppressWarnings("NullAway")
	private static SocketTransport transport() {
		return new SocketTransport(null, new SlowSocket(), null, TransportOptions.DEFAULT, PROTOCOL);
	}

}
