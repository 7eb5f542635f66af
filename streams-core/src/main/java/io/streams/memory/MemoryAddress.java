package io.streams.memory;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * The address of an end of a connection in memory: a name. It means something to one
 * {@link MemoryTransportFactory} only; another one may use the same name for a server of
 * its own.
 *
 * @since 0.1
 */
public final class MemoryAddress extends SocketAddress {

	private static final long serialVersionUID = 1L;

	private final String name;

	private MemoryAddress(String name) {
		this.name = name;
	}

	/**
	 * The address of a name.
	 * @param name the name; empty to have the factory choose one, as it is with port 0
	 * @return the address
	 */
	public static MemoryAddress of(String name) {
		return new MemoryAddress(name);
	}

	/**
	 * The name.
	 * @return the name, empty if the factory shall choose one
	 */
	public String name() {
		return this.name;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof MemoryAddress address && this.name.equals(address.name);
	}

	@Override
	public int hashCode() {
		return this.name.hashCode();
	}

	/**
	 * The name, with {@code memory:} before it.
	 */
	@Override
	public String toString() {
		return "memory:" + this.name;
	}

}
