package io.streams.spring.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsProperties.Server;
import io.streams.spring.handler.InvalidStreamHandlerException;
import io.streams.spring.handler.StreamHandlerDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/**
 * Where a server listens: each of host, port and path is what the properties say, else
 * what the annotation says.
 */
final class ListenAddresses {

	private static final int MAX_PORT = 65_535;

	private static final String PORT_REASON = "A port is a number from 0 to 65535; 0 takes any free port.";

	private static final String HOST_REASON = "The host has no address: give a host name of this machine or an "
			+ "address of it, or leave it out to listen on all interfaces.";

	private final String prefix;

	private final Server server;

	private final StreamHandlerDefinition handler;

	ListenAddresses(String prefix, Server server, StreamHandlerDefinition handler) {
		this.prefix = prefix;
		this.server = server;
		this.handler = handler;
	}

	List<SocketAddress> resolve() {
		List<SocketAddress> addresses = new ArrayList<>();
		Integer port = port();
		if (port != null) {
			addresses.addAll(tcpAddresses(port));
		}
		Path path = path();
		if (path != null) {
			addresses.add(UnixDomainSocketAddress.of(path));
		}
		return addresses;
	}

	private List<InetSocketAddress> tcpAddresses(int port) {
		List<String> hosts = hosts();
		if (hosts.isEmpty()) {
			return List.of(Streams.allInterfaces(port));
		}
		return hosts.stream()
			.flatMap((host) -> Arrays.stream(resolve(host)))
			.distinct()
			.map((address) -> new InetSocketAddress(address, port))
			.toList();
	}

	private List<String> hosts() {
		List<String> hosts = (this.server.host() != null) ? this.server.host()
				: Arrays.asList(StringUtils.commaDelimitedListToStringArray(this.handler.host()));
		return hosts.stream().map(String::strip).filter(StringUtils::hasText).toList();
	}

	private InetAddress[] resolve(String host) {
		try {
			return InetAddress.getAllByName(host);
		}
		catch (UnknownHostException ex) {
			throw (this.server.host() != null) ? invalidProperty("host", host, HOST_REASON)
					: invalidAttribute("host", host, HOST_REASON);
		}
	}

	private @Nullable Integer port() {
		Integer configured = this.server.port();
		if (configured != null) {
			if (!isPort(configured)) {
				throw invalidProperty("port", configured, PORT_REASON);
			}
			return configured;
		}
		return this.handler.port().isEmpty() ? null : parsePort(this.handler.port());
	}

	private int parsePort(String text) {
		try {
			int port = Integer.parseInt(text);
			if (isPort(port)) {
				return port;
			}
		}
		catch (NumberFormatException ex) {
			// Told below, as a port out of range is
		}
		throw invalidAttribute("port", text, PORT_REASON);
	}

	private static boolean isPort(int port) {
		return port >= 0 && port <= MAX_PORT;
	}

	private @Nullable Path path() {
		if (this.server.path() != null) {
			return this.server.path();
		}
		try {
			return this.handler.path().isEmpty() ? null : Path.of(this.handler.path());
		}
		catch (InvalidPathException ex) {
			throw invalidAttribute("path", this.handler.path(), "The path is not valid: " + ex.getReason() + ".");
		}
	}

	private RuntimeException invalidProperty(String property, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(this.prefix + "." + property, value, reason);
	}

	private RuntimeException invalidAttribute(String attribute, String value, String reason) {
		return new InvalidStreamHandlerException(this.handler.source(),
				"has " + attribute + " '" + value + "' in @StreamHandler",
				reason + " The property " + this.prefix + "." + attribute + " overrides the attribute.");
	}

}
