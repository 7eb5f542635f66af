package io.streams.spring.autoconfigure;

import io.streams.spring.handler.DuplicateStreamHandlerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link DuplicateStreamHandlerException}.
 */
class DuplicateStreamHandlerFailureAnalyzer extends AbstractFailureAnalyzer<DuplicateStreamHandlerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DuplicateStreamHandlerException cause) {
		String description = String.format("Stream server '%s' has two handlers:%n%n    %s%n    %s", cause.getServer(),
				cause.getFirst(), cause.getSecond());
		String action = String.format("Remove one of them, or give it a server of its own: "
				+ "@StreamHandler(server = \"%s-2\", port = \"…\").", cause.getServer());
		return new FailureAnalysis(description, action, cause);
	}

}
