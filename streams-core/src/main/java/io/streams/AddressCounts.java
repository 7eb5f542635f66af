package io.streams;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * How many connections each address has. Holds only addresses that have any, so that the
 * number of connections bounds it.
 */
final class AddressCounts {

	private final ConcurrentMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

	private final int max;

	AddressCounts(int max) {
		this.max = max;
	}

	/**
	 * Counts a connection.
	 * @return {@code false} if its address has all that it may have; it was not counted
	 * then
	 */
	boolean tryAdd(@Nullable SocketAddress remote) {
		InetAddress address = counted(remote);
		if (address == null) {
			return true;
		}
		// Never above max, whoever else adds: the map computes one at a time.
		int[] before = new int[1];
		this.counts.compute(address, (key, count) -> {
			before[0] = (count != null) ? count : 0;
			return (before[0] < this.max) ? Integer.valueOf(before[0] + 1) : count;
		});
		return before[0] < this.max;
	}

	/** Whether addresses are looked at at all. */
	boolean isBounded() {
		return this.max != Integer.MAX_VALUE;
	}

	void remove(@Nullable SocketAddress remote) {
		InetAddress address = counted(remote);
		if (address != null) {
			this.counts.computeIfPresent(address, (key, count) -> (count > 1) ? Integer.valueOf(count - 1) : null);
		}
	}

	private @Nullable InetAddress counted(@Nullable SocketAddress remote) {
		return (isBounded() && remote instanceof InetSocketAddress inet) ? inet.getAddress() : null;
	}

}
