package io.streams.memory;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopTransportFactory;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;

/**
 * Connections in memory between two protocols, without a server. Their event loops are
 * shared by the process, and do not keep it alive. Safe for use by any thread.
 *
 * @since 0.1
 */
public final class MemoryConnections {

	private static final AtomicLong lastNumber = new AtomicLong();

	private MemoryConnections() {
	}

	/**
	 * Connects two protocols with each other. Each gets {@code connectionMade} before
	 * this returns.
	 * @param chunk the maximum of bytes in one {@code dataReceived}, 1 or more
	 * @param settings how both ends treat the connection
	 * @param left the protocol of one end
	 * @param right the protocol of the other end
	 * @return the transports, in the order of the protocols
	 * @throws IllegalArgumentException if the chunk is less than 1
	 * @throws CompletionException if a protocol fails; no end stays open
	 */
	public static List<Transport> open(int chunk, TransportOptions settings, Protocol left, Protocol right) {
		MemoryStreamSocket[] ends = pair(chunk);
		Transport first;
		try {
			first = loops().adoptNow(ends[0], settings, left);
		}
		catch (RuntimeException | Error ex) {
			ends[1].close();
			throw ex;
		}
		try {
			return List.of(first, loops().adoptNow(ends[1], settings, right));
		}
		catch (RuntimeException | Error ex) {
			first.abort();
			throw ex;
		}
	}

	/** Makes two ends that are connected. */
	static MemoryStreamSocket[] pair(int chunk) {
		MemorySockets sockets = new MemorySockets(requireChunk(chunk), 0, FaultPlan.NONE, null);
		long number = lastNumber.incrementAndGet();
		return sockets.pair(MemoryAddress.of("left-" + number), MemoryAddress.of("right-" + number));
	}

	static LoopTransportFactory loops() {
		return Loops.SHARED;
	}

	static int requireChunk(int chunk) {
		if (chunk < 1) {
			throw new IllegalArgumentException("chunk is " + chunk + ": give 1 byte or more");
		}
		return chunk;
	}

	/** Made when the first connection is. */
	private static final class Loops {

		static final LoopTransportFactory SHARED = new LoopTransportFactory(
				new MemorySockets(1, 0, FaultPlan.NONE, null), LoopOptions.DEFAULT);

	}

}
