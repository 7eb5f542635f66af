package io.streams.spring.actuate;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;

import io.streams.StreamConnection;
import io.streams.PeerText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Keeps account of what operators do: each action is an {@link AuditApplicationEvent} of
 * type {@value #AUDIT_TYPE}, a line in the log, and an event of its connection.
 */
public final class OperatorLog {

	/** The type of the audit events. */
	public static final String AUDIT_TYPE = "STREAMS_OPERATION";

	private static final Log logger = LogFactory.getLog(OperatorLog.class);

	private final ApplicationEventPublisher publisher;

	private final StreamsHistory history;

	/**
	 * Create a log.
	 * @param publisher gets the audit events
	 * @param history gets the events of connections
	 */
	public OperatorLog(ApplicationEventPublisher publisher, StreamsHistory history) {
		this.publisher = publisher;
		this.history = history;
	}

	void record(SecurityContext context, String action, String server) {
		String operator = operator(context);
		logger.info("Operator " + operator + ": " + action + " on stream server '" + server + "'");
		publish(operator, action, server, Map.of());
	}

	void record(SecurityContext context, String action, String server, StreamConnection connection,
			Map<String, String> sizes) {
		String operator = operator(context);
		String what = sizes.isEmpty() ? action : action + " " + PeerText.printable(sizes);
		logger
			.info("Operator " + operator + ": " + what + " on connection " + connection.id() + " of '" + server + "'");
		this.history.of(server).operated(connection, what + " by " + operator);
		Map<String, @Nullable Object> data = new LinkedHashMap<>(sizes);
		data.put("connection", connection.id());
		publish(operator, action, server, data);
	}

	private void publish(String operator, String action, String server, Map<String, @Nullable Object> more) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>(more);
		data.put("action", action);
		data.put("server", server);
		this.publisher.publishEvent(new AuditApplicationEvent(operator, AUDIT_TYPE, data));
	}

	private static String operator(SecurityContext context) {
		Principal principal = context.getPrincipal();
		return (principal != null) ? PeerText.printable(principal.getName()) : "anonymous";
	}

}
