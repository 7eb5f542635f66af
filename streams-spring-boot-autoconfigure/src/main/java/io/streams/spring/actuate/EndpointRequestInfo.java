package io.streams.spring.actuate;

import java.util.List;
import java.util.Set;

/**
 * The part of an HTTP request that says where the request comes from.
 *
 * @param hosts the values of {@code Host}
 * @param origins the values of {@code Origin}
 * @param fetchSites the values of {@code Sec-Fetch-Site}
 * @param queryParameters the names of the parameters in the request's URL
 */
public record EndpointRequestInfo(List<String> hosts, List<String> origins, List<String> fetchSites,
		Set<String> queryParameters) {

	/** Copies the lists. */
	public EndpointRequestInfo {
		hosts = List.copyOf(hosts);
		origins = List.copyOf(origins);
		fetchSites = List.copyOf(fetchSites);
		queryParameters = Set.copyOf(queryParameters);
	}

}
