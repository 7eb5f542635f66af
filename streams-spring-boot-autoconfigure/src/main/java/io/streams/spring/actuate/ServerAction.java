package io.streams.spring.actuate;

import java.util.function.Consumer;

import io.streams.StreamServer;

/**
 * What an operator can do to a server, written {@code pause-accepting} or
 * {@code resume-accepting} in a request.
 */
enum ServerAction {

	/** Accept nobody: clients wait in the backlog. */
	PAUSE_ACCEPTING(StreamServer::pauseAccepting),

	/** Accept again. */
	RESUME_ACCEPTING(StreamServer::resumeAccepting);

	@SuppressWarnings("ImmutableEnumChecker") // A reference to a method
	private final Consumer<StreamServer> effect;

	ServerAction(Consumer<StreamServer> effect) {
		this.effect = effect;
	}

	void perform(StreamServer server) {
		this.effect.accept(server);
	}

}
