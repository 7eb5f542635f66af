package io.streams;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Looks up names as the system does, except for names whose lookup a test holds up. Found
 * by the JDK's service loader.
 */
public final class StuckNames extends InetAddressResolverProvider {

	/** A lookup waits for the latch of its name, and then finds the loopback address. */
	private static final Map<String, CountDownLatch> STUCK = new ConcurrentHashMap<>();

	/** Holds up the lookup of a name until the latch is counted down. */
	static CountDownLatch hold(String name) {
		CountDownLatch latch = new CountDownLatch(1);
		STUCK.put(name, latch);
		return latch;
	}

	@Override
	public InetAddressResolver get(Configuration configuration) {
		InetAddressResolver system = configuration.builtinResolver();
		return new InetAddressResolver() {

			@Override
			public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
				CountDownLatch latch = STUCK.get(host);
				if (latch == null) {
					return system.lookupByName(host, policy);
				}
				awaitWithoutInterrupt(latch);
				return Stream.of(InetAddress.getByAddress(host, new byte[] { 127, 0, 0, 1 }));
			}

			@Override
			public String lookupByAddress(byte[] address) throws UnknownHostException {
				return system.lookupByAddress(address);
			}

		};
	}

	/** As the system's lookup, which an interrupt does not end. */
	private static void awaitWithoutInterrupt(CountDownLatch latch) {
		boolean interrupted = false;
		while (true) {
			try {
				latch.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String name() {
		return "names whose lookup a test holds up";
	}

}
