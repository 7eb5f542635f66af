package io.streams.demo;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;

import io.streams.StreamConnection;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the live page where operators may only look, as in the demo.
 */
@Tag("slow")
@DemoTest
class ReadOnlyLivePageTests {

	@LocalServerPort
	private int port;

	@Autowired
	private StreamServers servers;

	@Autowired
	private Actuator actuator;

	@Test
	void nothingCanBeDone() throws Exception {
		try (LivePage page = LivePage.open(this.port);
				Socket client = new Socket(InetAddress.getLoopbackAddress(), this.servers.get("echo").port())) {
			await().until(() -> this.servers.get("echo").connections().size() == 1);
			StreamConnection connection = this.servers.get("echo").connections().iterator().next();
			page.awaitRow(connection);
			page.choose(connection);
			assertThat(page.buttons()).contains("Stop updating", "Close panel")
				.doesNotContain("Pause reading", "Resume reading", "Close", "Abort", "Set limit", "Set marks",
						"Pause accepting");
			assertThat(page.count("form, input")).isZero();
			assertThat(page.browser().errors()).isEmpty();
		}
	}

	@Test
	void pageHasHeadersThatProtectIt() {
		HttpResponse<String> response = this.actuator.get("/actuator/streamsui");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
			.startsWith("default-src 'none'; style-src 'sha256-")
			.contains("script-src 'sha256-", "connect-src 'self'", "frame-ancestors 'none'")
			.doesNotContain("unsafe");
		assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(response.body()).doesNotContain("http://", "https://", " src=", " onclick=", " style=")
			.doesNotContain("innerHTML", "insertAdjacentHTML", "outerHTML", "document.write");
	}

}
