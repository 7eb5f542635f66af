package io.streams.spring.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ReflectionUtils;

/**
 * Awaits the end of what a handler method returned. Waiting blocks the connection's own
 * virtual thread; an interrupt cancels what is waited for.
 */
@FunctionalInterface
interface HandlerResult {

	void await(@Nullable Object result) throws Exception;

	/**
	 * How to await a method's result.
	 * @param type the return type of the method
	 * @return how to await it, or {@code null} if a handler cannot return this type
	 */
	static @Nullable HandlerResult forType(Class<?> type) {
		if (type == void.class) {
			return (result) -> {
			};
		}
		if (CompletionStage.class.isAssignableFrom(type)) {
			return (result) -> awaitCompletion(((CompletionStage<?>) notNull(result)).toCompletableFuture());
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		if (adapter == null) {
			return null;
		}
		return (result) -> awaitCompletion(PublisherCompletion.of(adapter.toPublisher(notNull(result))));
	}

	private static Object notNull(@Nullable Object result) {
		if (result == null) {
			throw new IllegalStateException("the handler method returned null: let it return what completes when the "
					+ "connection is done with, or make its return type void");
		}
		return result;
	}

	private static void awaitCompletion(CompletableFuture<?> future) throws Exception {
		try {
			future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			ReflectionUtils.rethrowException(causeOf(ex));
		}
	}

	private static Throwable causeOf(Throwable failure) {
		boolean wrapper = failure instanceof ExecutionException || failure instanceof CompletionException;
		return (wrapper && failure.getCause() != null) ? causeOf(failure.getCause()) : failure;
	}

}
