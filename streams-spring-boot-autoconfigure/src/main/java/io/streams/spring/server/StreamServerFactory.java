package io.streams.spring.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.streams.ConnectionHandler;
import io.streams.ServerOptions;
import io.streams.StreamListener;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.transport.TransportFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Makes servers of their definitions. They are bound, and accept nobody yet.
 */
public final class StreamServerFactory {

	private final ObjectProvider<TransportFactory> transports;

	private final ObjectProvider<StreamServerCustomizer> customizers;

	private final ObjectProvider<StreamListener> listeners;

	private final ObjectProvider<StreamServerListenerFactory> listenerFactories;

	private final ObjectProvider<StreamServerHandlerDecorator> decorators;

	/**
	 * Create a factory.
	 * @param transports has the event loops; asked for when there is a server to make, so
	 * that an application without any has no loops
	 * @param customizers change the options of each server
	 * @param listeners hear what happens on every server
	 * @param listenerFactories make listeners for each server
	 * @param decorators go around the handlers of all servers, the first one innermost
	 */
	public StreamServerFactory(ObjectProvider<TransportFactory> transports,
			ObjectProvider<StreamServerCustomizer> customizers, ObjectProvider<StreamListener> listeners,
			ObjectProvider<StreamServerListenerFactory> listenerFactories,
			ObjectProvider<StreamServerHandlerDecorator> decorators) {
		this.transports = transports;
		this.customizers = customizers;
		this.listeners = listeners;
		this.listenerFactories = listenerFactories;
		this.decorators = decorators;
	}

	RunningServer bind(StreamServerDefinition definition, @Nullable ClassLoader classLoader) {
		ServerOptions options = optionsOf(definition);
		ConnectionHandler handler = withClassLoader(decoratedHandlerOf(definition), classLoader);
		try {
			StreamServer server = Streams.startServer(handler, definition.addresses(), options);
			return new RunningServer(server, options.gracePeriod());
		}
		catch (IOException ex) {
			throw new StreamServerStartException(definition.name(), ex);
		}
	}

	private ServerOptions optionsOf(StreamServerDefinition definition) {
		ServerOptions.Builder builder = definition.options().get();
		this.customizers.orderedStream().forEach((customizer) -> customizer.customize(definition.name(), builder));
		ServerOptions customized = builder.build();
		if (definition.needsTls() && customized.tls() == null) {
			throw new MissingStreamServerTlsException(definition.name());
		}
		List<StreamListener> listeners = listenersOf(definition.name(), customized.listener());
		TransportFactory transports = customized.transports();
		return builder.name(definition.name())
			.listener(StreamListener.all(listeners))
			.transports((transports != null) ? transports : this.transports.getObject())
			.startServing(false)
			.build();
	}

	private ConnectionHandler decoratedHandlerOf(StreamServerDefinition definition) {
		ConnectionHandler handler = definition.handler();
		for (StreamServerHandlerDecorator decorator : this.decorators.orderedStream().toList()) {
			handler = decorator.decorate(definition.name(), handler);
		}
		return handler;
	}

	private List<StreamListener> listenersOf(String server, StreamListener customized) {
		List<StreamListener> listeners = new ArrayList<>();
		this.listenerFactories.orderedStream().map((factory) -> factory.createListener(server)).forEach(listeners::add);
		this.listeners.orderedStream().forEach(listeners::add);
		if (!StreamListener.NONE.equals(customized)) {
			listeners.add(customized);
		}
		return listeners;
	}

	/**
	 * In an executable jar the application's classes are not the system class loader's,
	 * which is what a handler's thread would otherwise have as its context class loader.
	 */
	private static ConnectionHandler withClassLoader(ConnectionHandler handler, @Nullable ClassLoader classLoader) {
		return (reader, writer) -> {
			Thread.currentThread().setContextClassLoader(classLoader);
			handler.handle(reader, writer);
		};
	}

}
