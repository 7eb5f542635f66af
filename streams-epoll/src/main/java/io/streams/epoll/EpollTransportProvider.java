package io.streams.epoll;

import java.util.Optional;

import io.streams.loop.LoopOptions;
import io.streams.loop.TransportFactoryProvider;
import io.streams.transport.TransportFactory;

/**
 * Offers {@link EpollTransportFactory}. Public for {@link java.util.ServiceLoader} only.
 */
public final class EpollTransportProvider implements TransportFactoryProvider {

	@Override
	public String name() {
		return "epoll";
	}

	@Override
	public Optional<String> unsupportedReason() {
		return EpollTransportFactory.unsupportedReason();
	}

	@Override
	public TransportFactory create(LoopOptions options) {
		return EpollTransportFactory.create(options);
	}

}
