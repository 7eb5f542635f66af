package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.streams.transport.ConnectionLostException;

import org.jspecify.annotations.Nullable;

/** Waits for the future of a writer's call on the calling thread. */
final class FutureWait {

	private FutureWait() {
	}

	/**
	 * Waits for a future, which is the call's own. An interrupt cancels it.
	 * @param future the future
	 * @param method the call's name in error messages
	 * @throws InterruptedIOException if the thread is interrupted, or the future was
	 * cancelled
	 * @throws IOException the error of the future
	 */
	static void await(CompletableFuture<@Nullable Void> future, String method) throws IOException {
		try {
			future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(false);
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(method + " was interrupted; what was written is still being sent");
		}
		catch (CancellationException ex) {
			throw new InterruptedIOException(method + " was cancelled");
		}
		catch (ExecutionException ex) {
			// The future is this call's own, and so is its exception.
			Throwable failure = ex.getCause();
			if (failure != null) {
				failure.fillInStackTrace();
			}
			switch (failure) {
				case IOException lost -> throw lost;
				case IllegalStateException misuse -> throw misuse;
				case IllegalArgumentException refused -> throw refused;
				case null, default -> throw new ConnectionLostException("Connection lost", failure);
			}
		}
	}

}
