package io.streams.spring.actuate;

import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Reads {@link EndpointRequestInfo} from the servlet request of the calling thread.
 */
public final class ServletRequestInfo {

	private ServletRequestInfo() {
	}

	/**
	 * Returns the request that the calling thread handles.
	 * @return the request, or {@code null} if the thread handles none
	 */
	public static @Nullable EndpointRequestInfo current() {
		if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)) {
			return null;
		}
		HttpServletRequest request = attributes.getRequest();
		return new EndpointRequestInfo(hosts(request), headers(request, "Origin"), headers(request, "Sec-Fetch-Site"),
				request.getParameterMap().keySet());
	}

	/** HTTP/2 has the host in a field of another name, and HTTP/1.0 may have none. */
	private static List<String> hosts(HttpServletRequest request) {
		List<String> hosts = headers(request, "Host");
		return hosts.isEmpty() ? List.of(request.getServerName() + ":" + request.getServerPort()) : hosts;
	}

	private static List<String> headers(HttpServletRequest request, String name) {
		return Collections.list(request.getHeaders(name));
	}

}
