package io.streams;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Looks up host names on threads of its own, because the system's lookup takes as long as
 * the name servers do, and neither an interrupt nor a timeout ends it. A caller that
 * gives up leaves its lookup behind, on one of at most {@value #MAX_THREADS} daemon
 * threads. While all of them wait for name servers, further lookups wait for a thread,
 * within the timeouts of their callers.
 */
final class NameLookup {

	/** Platform threads: a lookup would pin the carrier of a virtual thread. */
	static final int MAX_THREADS = 64;

	private static final long KEEP_ALIVE_SECONDS = 10;

	private static final ThreadPoolExecutor THREADS = newThreads();

	/** An address in place of a name, which needs no lookup. */
	private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|.*:.*");

	private NameLookup() {
	}

	private static ThreadPoolExecutor newThreads() {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, KEEP_ALIVE_SECONDS,
				TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				Thread.ofPlatform()
					.daemon()
					.name("streams-lookup-", 1)
					.inheritInheritableThreadLocals(false)
					.factory());
		threads.allowCoreThreadTimeOut(true);
		return threads;
	}

	/**
	 * Starts a lookup.
	 * @param host a name or an address
	 * @param port the port of the results
	 * @return completes with all addresses of the host, or with
	 * {@link UnknownHostException}; cancelling it frees the caller, and a lookup that has
	 * not begun is dropped
	 */
	static CompletableFuture<List<InetSocketAddress>> start(String host, int port) {
		CompletableFuture<List<InetSocketAddress>> found = new CompletableFuture<>();
		Runnable lookup = () -> lookUp(host, port, found);
		if (ADDRESS.matcher(host).matches()) {
			lookup.run();
			return found;
		}
		found.whenComplete((addresses, failure) -> {
			if (found.isCancelled()) {
				THREADS.remove(lookup);
			}
		});
		THREADS.execute(lookup);
		return found;
	}

	private static void lookUp(String host, int port, CompletableFuture<List<InetSocketAddress>> found) {
		try {
			found.complete(Arrays.stream(InetAddress.getAllByName(host))
				.map((address) -> new InetSocketAddress(address, port))
				.toList());
		}
		catch (UnknownHostException | RuntimeException | Error ex) {
			found.completeExceptionally(ex);
		}
	}

}
