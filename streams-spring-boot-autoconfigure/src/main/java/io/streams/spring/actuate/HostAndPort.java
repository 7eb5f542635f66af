package io.streams.spring.actuate;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A host and a port, as {@code Host} and {@code Origin} have them.
 *
 * @param host the host in lower case; an IPv6 address is in brackets
 * @param port the port, or -1 if there is none, or if it is the default of the scheme
 * @param defaultPort the default port of the scheme, or -1 if no scheme is known
 */
record HostAndPort(String host, int port, int defaultPort) {

	private static final Pattern AUTHORITY = Pattern
		.compile("(\\[[0-9a-fA-F:.]{2,45}]|[^\\[\\]:/?#@\\s]{1,255})" + "(?::([0-9]{1,5}))?");

	private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

	/** Reads an origin such as {@code https://example.com:8443}. */
	static @Nullable HostAndPort ofOrigin(String origin) {
		String lower = origin.toLowerCase(Locale.ROOT);
		if (lower.startsWith("http://")) {
			return parse(lower.substring("http://".length()), 80);
		}
		return lower.startsWith("https://") ? parse(lower.substring("https://".length()), 443) : null;
	}

	/** Reads a {@code Host} such as {@code example.com:8080}. */
	static @Nullable HostAndPort ofHost(String host) {
		return parse(host.toLowerCase(Locale.ROOT), -1);
	}

	/** Whether a {@code Host} is the one that a page of this origin has to send. */
	boolean isReachedBy(String hostHeader) {
		HostAndPort other = parse(hostHeader.toLowerCase(Locale.ROOT), this.defaultPort);
		return other != null && other.host.equals(this.host) && other.port == this.port;
	}

	/** Whether no one can register the host as a name. */
	boolean isLiteralOrLocal() {
		return this.host.startsWith("[") || IPV4.matcher(this.host).matches() || this.host.equals("localhost")
				|| this.host.endsWith(".localhost");
	}

	private static @Nullable HostAndPort parse(String authority, int defaultPort) {
		Matcher matcher = AUTHORITY.matcher(authority);
		if (!matcher.matches()) {
			return null;
		}
		int port = (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : -1;
		return new HostAndPort(matcher.group(1), (port == defaultPort) ? -1 : port, defaultPort);
	}

}
