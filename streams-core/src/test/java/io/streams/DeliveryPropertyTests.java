package io.streams;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The property that the library promises first: at every kind of end, over every kind of
 * connection, either all bytes are there, or the side that lost some gets an exception
 * that says so. See {@link PropertyRounds} for how to repeat a failure.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(3600)
class DeliveryPropertyTests {

	@TempDir
	private Path directory;

	@Test
	@ExpectedLog(value = "at its stop", times = ExpectedLog.ANY)
	void receivedBytesAreReadAndOnlyThePeersEndLooksLikeOne() throws Exception {
		new PropertyRounds("receiving", (random) -> new ReceivingRound(random, this.directory)).play(40);
	}

	@Test
	@ExpectedLog(value = "goes on writing while the peer takes nothing", times = ExpectedLog.ANY)
	@ExpectedLog(value = "Unhandled exception in the handler", times = ExpectedLog.ANY)
	@ExpectedLog(value = "at its stop", times = ExpectedLog.ANY)
	void writtenBytesAreDeliveredOrTheServerTells() throws Exception {
		new PropertyRounds("sending", (random) -> new SendingRound(random, this.directory)).play(35);
	}

	@Test
	@ExpectedLog(value = "at its stop", times = ExpectedLog.ANY)
	void aStopCutsNoMessageAndNeverLooksLikeThePeersEnd() throws Exception {
		new PropertyRounds("stopping", (random) -> new StoppingRound(random, this.directory)).play(20);
	}

	@Test
	@ExpectedLog(value = "in the handler", times = ExpectedLog.ANY)
	@ExpectedLog(value = "The handler of connection", times = ExpectedLog.ANY)
	@ExpectedLog(value = "at its stop", times = ExpectedLog.ANY)
	void anUploadThroughAProxyEndsProperlyOnlyIfItIsWhole() throws Exception {
		new PropertyRounds("proxy", (random) -> new ProxyRound(random, this.directory)).play(5);
	}

}
