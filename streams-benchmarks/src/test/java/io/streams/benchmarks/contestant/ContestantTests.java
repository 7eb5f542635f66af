package io.streams.benchmarks.contestant;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The servers run in this process, and until its end.
 */
class ContestantTests {

	@ParameterizedTest
	@MethodSource("offeringEcho")
	void echoesLines(Contestant contestant) throws Exception {
		byte[] lines = "one\ntwo\n".getBytes(StandardCharsets.US_ASCII);
		try (Socket client = connect(contestant, Service.ECHO)) {
			client.getOutputStream().write(lines);
			assertThat(client.getInputStream().readNBytes(lines.length)).isEqualTo(lines);
		}
	}

	@ParameterizedTest
	@MethodSource("offeringBulk")
	void sendsChunks(Contestant contestant) throws Exception {
		try (Socket client = connect(contestant, Service.SEND)) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.getInputStream().readNBytes(Chunk.SIZE)).isEqualTo(Chunk.bytes());
			}
		}
	}

	@ParameterizedTest
	@MethodSource("offeringBulk")
	void acknowledgesWhatItReceives(Contestant contestant) throws Exception {
		try (Socket client = connect(contestant, Service.RECEIVE)) {
			OutputStream output = client.getOutputStream();
			for (int sent = 0; sent < 2 * Chunk.ACKNOWLEDGED; sent += Chunk.SIZE) {
				output.write(Chunk.bytes());
			}
			assertThat(client.getInputStream().readNBytes(2)).containsExactly('.', '.');
		}
	}

	private static Socket connect(Contestant contestant, Service service) throws Exception {
		Socket client = new Socket(InetAddress.getLoopbackAddress(), contestant.server().start(service, 1));
		client.setSoTimeout(10_000);
		return client;
	}

	private static Stream<Contestant> offeringEcho() {
		return offering(Service.ECHO)
			// It takes seconds to start.
			.filter((contestant) -> contestant != Contestant.SPRING_INTEGRATION);
	}

	private static Stream<Contestant> offeringBulk() {
		return offering(Service.SEND).filter((contestant) -> contestant.offers(Service.RECEIVE));
	}

	private static Stream<Contestant> offering(Service service) {
		return Arrays.stream(Contestant.values())
			.filter((contestant) -> contestant.isJava() && contestant.offers(service));
	}

}
