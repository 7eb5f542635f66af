package io.streams;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The memory that long reads and writes take, over every transport.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class CopyingContractTests extends StreamContract {

	private static final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final int MIB = 1024 * 1024;

	@Test
	void writeLinesCopiesEachByteAtMostOnce() throws Exception {
		int length = kind().scaled(32 * MIB);
		byte[] content = Payload.random(3, length);
		for (int piece : new int[] { 1000, 100_000 }) {
			CompletableFuture<String> received = new CompletableFuture<>();
			StreamConnection client = this.network
				.connect(this.network.serve((reader, writer) -> received.complete(Payload.hash(reader.read()))));
			List<byte[]> pieces = cut(content, piece);
			long before = threads.getCurrentThreadAllocatedBytes();
			client.writer().writeLines(pieces);
			long allocated = threads.getCurrentThreadAllocatedBytes() - before;
			client.writer().writeEof();
			assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(Payload.hash(content));
			assertThat(allocated).as("bytes allocated for pieces of %d", piece).isLessThan(length * 3L / 2);
			client.close();
		}
	}

	/** No other writer's bytes come between the pieces of one call. */
	@Test
	void piecesOfOneWriteLinesStayTogether() throws Exception {
		int writers = 4;
		int rounds = 20;
		int pieces = 40;
		CompletableFuture<byte[]> received = new CompletableFuture<>();
		StreamConnection client = this.network
			.connect(this.network.serve((reader, writer) -> received.complete(reader.read())));
		int size = kind().scaled(32_000) / pieces;
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < writers; i++) {
			byte[] piece = new byte[size];
			Arrays.fill(piece, (byte) i);
			threads.add(Thread.ofVirtual().start(() -> {
				for (int round = 0; round < rounds; round++) {
					client.writer().writeLines(Collections.nCopies(pieces, piece));
					client.writer().drainAsync().join();
				}
			}));
		}
		for (Thread thread : threads) {
			thread.join();
		}
		client.writer().writeEof();
		byte[] all = received.get(30, TimeUnit.SECONDS);
		assertThat(all).hasSize(writers * rounds * pieces * size);
		for (int from = 0; from < all.length; from += pieces * size) {
			byte first = all[from];
			for (int i = from; i < from + pieces * size; i++) {
				assertThat(all[i] == first).as("byte %d belongs to the call that began at %d", i, from).isTrue();
			}
		}
	}

	@Test
	void longReadsReturnEveryByteInOrder() throws IOException {
		int length = kind().scaled(16 * MIB);
		byte[] content = Payload.random(4, length);
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> {
			writer.write(content);
			writer.drain();
			writer.write(content);
		}));
		assertThat(client.reader().readExactly(length)).isEqualTo(content);
		assertThat(client.reader().read()).isEqualTo(content);
	}

	private static List<byte[]> cut(byte[] content, int piece) {
		List<byte[]> pieces = new ArrayList<>();
		for (int from = 0; from < content.length; from += piece) {
			pieces.add(Arrays.copyOfRange(content, from, Math.min(content.length, from + piece)));
		}
		return pieces;
	}

}
