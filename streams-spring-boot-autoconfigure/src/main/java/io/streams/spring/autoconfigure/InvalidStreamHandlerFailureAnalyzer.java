package io.streams.spring.autoconfigure;

import io.streams.spring.handler.InvalidStreamHandlerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by an {@link InvalidStreamHandlerException}.
 */
class InvalidStreamHandlerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidStreamHandlerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidStreamHandlerException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.getRemedy(), cause);
	}

}
