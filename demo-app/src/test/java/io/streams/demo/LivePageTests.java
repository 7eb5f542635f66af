package io.streams.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import io.streams.StreamConnection;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the live page in a real browser, where operators may act.
 */
@DemoTest
@TestPropertySource(properties = "management.endpoint.streams.access=unrestricted")
class LivePageTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	@LocalServerPort
	private int port;

	@Autowired
	private StreamServers servers;

	@Test
	void rowsAppearAndLeave() throws Exception {
		try (LivePage page = LivePage.open(this.port)) {
			try (Socket client = connect("echo")) {
				page.awaitRow(connection("echo"));
				assertThat(page.<String>inRow(connection("echo"), "return row.textContent"))
					.contains("127.0.0.1:" + client.getLocalPort(), "echo", "flowing");
			}
			await().atMost(SOON).until(() -> page.count("tbody tr") == 0);
			assertThat(page.browser().errors()).isEmpty();
		}
	}

	@Test
	void rowOfSlowPeerTurnsItsColourWithinTwoSeconds() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket quiet = connect("echo")) {
			page.awaitRow(connection("echo"));
			try (Socket slow = connect("burst")) {
				StreamConnection connection = awaitConnection("burst");
				await().until(() -> connection.snapshot().writing().pauses().paused());
				await().atMost(Duration.ofSeconds(2)).until(() -> "write-blocked".equals(page.stateOf(connection)));
				assertThat(page.<Boolean>inRow(connection, "return row.querySelector('.writing .bar.over') !== null"))
					.as("bar is above its high mark")
					.isTrue();
				assertThat(page.<Boolean>inRow(connection,
						"const [bar, fill, mark] = ['.bar', '.fill', '.high']"
								+ ".map((name) => row.querySelector('.writing ' + name).getBoundingClientRect());"
								+ "return fill.right > mark.right && bar.right >= fill.right"))
					.isTrue();
				assertThat(background(page, connection)).isNotEqualTo(background(page, connection("echo")));
				page.choose(connection);
				await().atMost(SOON)
					.until(() -> page.browser()
						.<String>run("return document.querySelector('#stack').textContent")
						.contains("drain"));
				assertThat(page.browser().<String>run("return document.querySelector('#events').textContent"))
					.contains("writing-paused", "drain-started", "opened");
				page.browser().keepScreenshot("streamsui-light.png");
				page.browser().useDarkColours(true);
				page.browser().keepScreenshot("streamsui-dark.png");
			}
			assertThat(page.browser().errors()).isEmpty();
		}
	}

	@Test
	void operatorActsFromThePage() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket client = connect("echo")) {
			StreamConnection connection = awaitConnection("echo");
			page.awaitRow(connection);
			page.choose(connection);
			page.press("Pause reading");
			await().atMost(SOON).until(() -> connection.snapshot().heldByOperator());
			await().atMost(SOON).until(() -> "held".equals(page.stateOf(connection)));
			page.press("Resume reading");
			await().atMost(SOON).until(() -> !connection.snapshot().heldByOperator());
			page.browser().run("document.querySelector('input[name=limit]').value = '4KB'");
			page.press("Set limit");
			await().atMost(SOON).until(() -> connection.reader().limit().bytes() == 4096);
			page.press("Abort");
			page.press("Really abort?");
			await().atMost(SOON).until(connection::isClosed);
			page.awaitNoRow(connection);
			assertThat(page.browser().errors()).isEmpty();
		}
	}

	@Test
	void acceptingIsPausedFromThePage() throws Exception {
		try (LivePage page = LivePage.open(this.port)) {
			page.browser()
				.run("Array.from(document.querySelectorAll('.card'))"
						+ ".find((card) => card.querySelector('.name').textContent === 'burst')"
						+ ".querySelector('.actions button').click()");
			await().atMost(SOON).until(() -> this.servers.get("burst").snapshot().acceptPaused());
			await().atMost(SOON).until(() -> page.buttons().contains("Resume accepting"));
			page.press("Resume accepting");
			await().atMost(SOON).until(() -> !this.servers.get("burst").snapshot().acceptPaused());
		}
	}

	@Test
	void wordsOfPeersAreNeverMarkup() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket client = connect("echo")) {
			page.awaitRow(connection("echo"));
			String shown = page.browser().run("""
					const evil = '<img src=x onerror="window.evil = true"><script>window.evil = true</scr' + 'ipt>';
					const side = { state: 'flowing', buffered: 1, lowWaterMark: 1, highWaterMark: 2, bytes: 1 };
					drawConnections([{ id: 'evil', server: evil, state: evil, remoteAddress: evil, openedAt: evil,
						age: evil, reading: side, writing: side,
						activity: { current: evil, currentFor: evil, lastMinute: {} } }], 1);
					drawEvents([{ at: evil, event: evil, detail: evil }]);
					return document.querySelector('tr[data-id=evil] .peer').textContent;
					""");
			assertThat(shown).startsWith("<img src=x");
			assertThat(page.count("img, tbody script, #events script")).isZero();
			assertThat(page.browser().<Object>run("return window.evil")).isNull();
		}
	}

	@Test
	void policyLetsNothingElseRun() throws Exception {
		try (LivePage page = LivePage.open(this.port)) {
			page.browser().run("""
					const script = document.createElement('script');
					script.textContent = 'window.evil = true';
					document.body.append(script);
					""");
			assertThat(page.browser().<Object>run("return window.evil")).isNull();
			assertThat(page.browser().errors()).singleElement().asString().contains("Content Security Policy");
		}
	}

	private String background(LivePage page, StreamConnection connection) {
		return page.inRow(connection, "return getComputedStyle(row).backgroundColor");
	}

	private StreamConnection awaitConnection(String server) {
		await().atMost(SOON).until(() -> this.servers.get(server).connections().size() == 1);
		return connection(server);
	}

	private StreamConnection connection(String server) {
		await().atMost(SOON).until(() -> !this.servers.get(server).connections().isEmpty());
		return this.servers.get(server).connections().iterator().next();
	}

	private Socket connect(String server) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(4096);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.servers.get(server).port()));
		return socket;
	}

}
