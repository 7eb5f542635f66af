package io.streams;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What is logged at WARN and above while it is open.
 */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	/** Which {@link StreamsInvariants} keeps from telling the root logger. */
	private final Logger logger = (Logger) LoggerFactory.getLogger("io.streams");

	private final List<String> messages = new CopyOnWriteArrayList<>();

	private final List<String> traces = new CopyOnWriteArrayList<>();

	LogCapture() {
		setContext(this.logger.getLoggerContext());
		start();
		this.logger.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
			this.messages.add(event.getFormattedMessage());
			if (event.getThrowableProxy() != null) {
				this.traces.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
			}
		}
	}

	/** The stack traces that were logged, with what their failures say. */
	List<String> traces() {
		return this.traces;
	}

	/** All messages that contain some text. */
	List<String> messagesWith(String part) {
		return this.messages.stream().filter((message) -> message.contains(part)).toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		stop();
	}

}
