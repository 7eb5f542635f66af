package io.streams.spring.actuate;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * {@link WebEndpoint @WebEndpoint} that is a page to watch servers and connections on. It
 * has no data itself: it asks the {@link StreamsEndpoint} beside it, with the rights of
 * who looks at it.
 */
@WebEndpoint(id = "streamsui", defaultAccess = Access.READ_ONLY)
public class StreamsPageEndpoint {

	static final String HTML = "text/html;charset=UTF-8";

	private final StreamsPage page = StreamsPage.load();

	/**
	 * Gives the page.
	 * @return the page, which carries the policy that lets it do nothing but ask for its
	 * data
	 */
	@ReadOperation(produces = HTML)
	public WebEndpointResponse<String> page() {
		return new WebEndpointResponse<>(this.page.htmlWithPolicy());
	}

	StreamsPage content() {
		return this.page;
	}

}
