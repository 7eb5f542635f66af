package io.streams.spring.autoconfigure;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of the endpoint.
 *
 * @param allowedHosts Host names by which browsers reach the endpoint, such as
 * 'ops.example.com'. A user that Spring Security does not know can act only with one of
 * these names, 'localhost' or an IP address in the URL. '*' stands for every name.
 */
@ConfigurationProperties("management.endpoint.streams")
public record StreamsEndpointProperties(@DefaultValue Set<String> allowedHosts) {
}
