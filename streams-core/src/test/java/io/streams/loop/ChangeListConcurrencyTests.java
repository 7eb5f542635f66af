package io.streams.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.ModelCheck;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.require;
import static io.streams.ModelCheck.requireEqual;
import static io.streams.ModelCheck.start;

/**
 * Model checks the list of requests to a loop, with Lincheck: a failure shows the
 * switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ChangeListConcurrencyTests {

	@Test
	void everyRequestIsTakenOnce() {
		ModelCheck.explore("change list", 100, () -> {
			ChangeList changes = new ChangeList();
			IterationRequest[] requests = { new Request(), new Request(), new Request() };
			Thread first = start(() -> changes.add(requests[0]));
			Thread second = start(() -> {
				changes.add(requests[1]);
				changes.add(requests[2]);
			});
			List<IterationRequest> taken = new ArrayList<>();
			take(changes, taken);
			take(changes, taken);
			join(first);
			join(second);
			take(changes, taken);
			requireEqual(taken.size(), requests.length, "requests taken");
			require(taken.containsAll(List.of(requests)), "every request is taken");
			require(changes.isEmpty(), "the list is empty");
		});
	}

	private static void take(ChangeList changes, List<IterationRequest> taken) {
		for (IterationRequest request = changes.takeAll(); request != null;) {
			taken.add(request);
			request = request.takeNextListed();
		}
	}

	/** Is in no loop: the list does not ask for it. */
	private static final class Request extends IterationRequest {

		@SuppressWarnings("NullAway")
		Request() {
			super(null);
		}

		@Override
		boolean runIteration() {
			return false;
		}

	}

}
