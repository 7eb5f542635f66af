package io.streams.spring.actuate;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.streams.PeerText;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * Refuses actions that a foreign page makes an operator's browser send.
 * <p>
 * A page of another site is told by its {@code Origin}. DNS rebinding gives a page the
 * very name that the request asks for, so {@code Origin} and {@code Host} are equal: the
 * name itself must be one that an attacker cannot register. These are literal addresses,
 * {@code localhost}, and the names that the application is configured with. A browser
 * does not send a user's credentials to a rebound name, so any name will do for a user
 * who is known.
 */
public final class WriteGuard {

	/** The configured name that stands for all names. */
	static final String ANY_HOST = "*";

	private static final String PROPERTY = "management.endpoint.streams.allowed-hosts";

	private static final List<String> BODY_ONLY = List.of("action", "low", "high", "limit");

	private final Set<String> allowedHosts;

	private final Supplier<@Nullable EndpointRequestInfo> request;

	/**
	 * Create a guard.
	 * @param allowedHosts the names by which browsers reach the application
	 * @param request returns the request that the calling thread handles
	 */
	public WriteGuard(Collection<String> allowedHosts, Supplier<@Nullable EndpointRequestInfo> request) {
		this.allowedHosts = allowedHosts.stream()
			.map((host) -> host.toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
		this.request = request;
	}

	/**
	 * Checks the request that the calling thread handles.
	 * @param context the user
	 * @throws ForbiddenException if the request may be a foreign page's
	 * @throws InvalidEndpointRequestException if the action is in the URL
	 */
	void check(SecurityContext context) {
		EndpointRequestInfo current = this.request.get();
		if (current == null) {
			if (!this.allowedHosts.contains(ANY_HOST)) {
				throw new ForbiddenException("Actions need Spring MVC, which shows the origin of a request; " + PROPERTY
						+ "=* allows them from everywhere");
			}
			return;
		}
		checkParameters(current);
		checkOrigin(current);
		if (context.getPrincipal() == null) {
			checkHost(current);
		}
	}

	private static void checkParameters(EndpointRequestInfo request) {
		for (String name : BODY_ONLY) {
			if (request.queryParameters().contains(name)) {
				String message = "'" + name
						+ "' is in the URL: put it into the JSON body, such as {\"action\": \"close\"}";
				throw new InvalidEndpointRequestException(message, message);
			}
		}
	}

	private void checkOrigin(EndpointRequestInfo request) {
		for (String origin : request.origins()) {
			HostAndPort site = HostAndPort.ofOrigin(origin);
			boolean own = site != null && request.hosts().stream().anyMatch(site::isReachedBy);
			if (!own && (site == null || !isAllowed(site.host()))) {
				throw new ForbiddenException("Origin '" + PeerText.printable(origin) + "' is not this application: use "
						+ "its own page, or add the origin's host to " + PROPERTY);
			}
		}
		for (String site : request.fetchSites()) {
			if (request.origins().isEmpty() && !site.equals("same-origin") && !site.equals("none")) {
				throw new ForbiddenException("A page of another site sent this request (Sec-Fetch-Site: "
						+ PeerText.printable(site) + "): use the application's own page");
			}
		}
	}

	private void checkHost(EndpointRequestInfo request) {
		for (String host : request.hosts()) {
			HostAndPort name = HostAndPort.ofHost(host);
			if (name == null || !(name.isLiteralOrLocal() || isAllowed(name.host()))) {
				throw new ForbiddenException(
						"Host '" + PeerText.printable(host) + "' may be any site's name: use an IP "
								+ "address or localhost, log in with Spring Security, or add the host to " + PROPERTY);
			}
		}
	}

	private boolean isAllowed(String host) {
		return this.allowedHosts.contains(host) || this.allowedHosts.contains(ANY_HOST);
	}

	/** Thrown when a request may be a foreign page's. */
	static final class ForbiddenException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ForbiddenException(String message) {
			super(message);
		}

	}

}
