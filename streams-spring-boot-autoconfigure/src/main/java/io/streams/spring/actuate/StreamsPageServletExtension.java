package io.streams.spring.actuate;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link StreamsPageEndpoint}
 * for Spring MVC, which lets an endpoint set headers.
 */
@EndpointWebExtension(endpoint = StreamsPageEndpoint.class)
public class StreamsPageServletExtension {

	private final StreamsPage page;

	/**
	 * Create an extension.
	 * @param endpoint has the page
	 */
	public StreamsPageServletExtension(StreamsPageEndpoint endpoint) {
		this.page = endpoint.content();
	}

	/**
	 * Gives the page.
	 * @return the page, with headers that let it do nothing but ask for its data
	 */
	@ReadOperation(produces = StreamsPageEndpoint.HTML)
	public ResponseEntity<String> page() {
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noCache())
			.header("Content-Type", StreamsPageEndpoint.HTML)
			.header("Content-Security-Policy", this.page.contentSecurityPolicy() + "; frame-ancestors 'none'")
			.header("X-Content-Type-Options", "nosniff")
			.header("X-Frame-Options", "DENY")
			.header("Referrer-Policy", "no-referrer")
			.body(this.page.html());
	}

}
