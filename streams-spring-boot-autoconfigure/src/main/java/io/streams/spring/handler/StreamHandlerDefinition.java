package io.streams.spring.handler;

import io.streams.ConnectionHandler;

/**
 * A handler that was found, and what its annotation says with all placeholders resolved.
 *
 * @param server the name of the server that it handles
 * @param host the hosts to listen on, separated by commas, or an empty string
 * @param port the port to listen on, or an empty string
 * @param path the path of the Unix-domain socket to listen on, or an empty string
 * @param limit the limit of the readers, or an empty string
 * @param source where the annotation is, for messages
 * @param needsTls whether the handler is of no use to a server that speaks no TLS from
 * the first byte on
 * @param handler handles the connections
 */
public record StreamHandlerDefinition(String server, String host, String port, String path, String limit, String source,
		boolean needsTls, ConnectionHandler handler) {
}
