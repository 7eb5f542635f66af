package io.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that compute, in a process with two carriers of virtual threads.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class BusyHandlerTests {

	private static final Duration GRACE = Duration.ofSeconds(1);

	@Test
	void stopEndsInTimeAlthoughHandlersHoldAllCarriers() throws Exception {
		try (BusyProcess process = new BusyProcess(HandlerThreads.VIRTUAL, 2);
				RawClient first = process.busy(BusyProcess.FOREVER);
				RawClient second = process.busy(BusyProcess.FOREVER)) {
			// The second server is stopped after the first, without grace.
			assertThat(process.stop(GRACE)).isBetween(GRACE, GRACE.plusSeconds(4).plusSeconds(4).plusSeconds(1));
			assertThat(process.log()).filteredOn((line) -> line.contains("of its handlers still run"))
				.singleElement()
				.asString()
				.contains("Server 'busy' is stopped, but 2 of its handlers", "\"streams-busy\" of connection");
			assertThat(process.log()).anyMatch((line) -> line.contains("BusyProcess$Main.compute"))
				.noneMatch((line) -> line.contains("did not end, and their sockets may still be open"));
		}
	}

	@Test
	void platformHandlersThatComputeLeaveOtherServersAlone() throws Exception {
		List<RawClient> clients = new ArrayList<>();
		try (BusyProcess process = new BusyProcess(HandlerThreads.PLATFORM, 2)) {
			for (int i = 0; i < 8; i++) {
				clients.add(process.busy(BusyProcess.FOREVER));
			}
			for (int i = 0; i < 20; i++) {
				try (RawClient client = process.connectToEcho()) {
					BusyProcess.ask(client, "hello\n");
				}
			}
			try (RawClient refused = process.connect()) {
				assertThat(refused.read(new byte[1])).isEqualTo(-1);
			}
			// All connections can be closed, so neither stop needs its whole time.
			assertThat(process.stop(GRACE)).isLessThan(GRACE.plusSeconds(4));
			assertThat(process.log()).anyMatch((line) -> line.contains("all 8 platform threads that they may have"))
				.anyMatch((line) -> line.contains("Server 'busy' is stopped, but 8 of its handlers still run"));
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void handlersThatComputeBetweenCallsLetOthersRun() throws Exception {
		List<RawClient> clients = new ArrayList<>();
		try (BusyProcess process = new BusyProcess(HandlerThreads.VIRTUAL, 256)) {
			for (int i = 0; i < 8; i++) {
				RawClient client = process.connect();
				client.send(BusyProcess.SLICES);
				clients.add(client);
			}
			try (RawClient established = process.connectToEcho()) {
				for (int i = 0; i < 3; i++) {
					BusyProcess.ask(established, "hello\n");
				}
			}
			try (RawClient late = process.connect()) {
				BusyProcess.ask(late, "hello\n");
			}
			for (RawClient client : clients) {
				assertThat(client.readLine()).isEqualTo("slices");
				assertThat(client.readLine()).isEqualTo("slice");
			}
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

}
