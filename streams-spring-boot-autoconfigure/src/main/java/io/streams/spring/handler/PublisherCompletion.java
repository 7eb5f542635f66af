package io.streams.spring.handler;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Completes when a publisher does; its items are of no interest. A class of its own
 * because Reactive Streams may be absent.
 */
final class PublisherCompletion implements Subscriber<Object> {

	private final Completion completion = new Completion();

	private PublisherCompletion() {
	}

	static CompletableFuture<@Nullable Void> of(Publisher<?> publisher) {
		PublisherCompletion subscriber = new PublisherCompletion();
		publisher.subscribe(subscriber);
		return subscriber.completion;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.completion.subscription = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Object item) {
	}

	@Override
	public void onError(Throwable failure) {
		this.completion.completeExceptionally(failure);
	}

	@Override
	public void onComplete() {
		this.completion.complete(null);
	}

	/** A future whose cancellation cancels the subscription. */
	private static final class Completion extends CompletableFuture<@Nullable Void> {

		private volatile @Nullable Subscription subscription;

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.cancel();
			}
			return super.cancel(mayInterruptIfRunning);
		}

	}

}
