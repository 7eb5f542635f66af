package io.streams.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

import io.streams.StreamConnection;
import io.streams.spring.actuate.StreamsPageEndpoint;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the live page in a real browser, where operators may act.
 */
@Tag("slow")
@DemoTest
@TestPropertySource(properties = "management.endpoint.streams.access=unrestricted")
class LivePageTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	@LocalServerPort
	private int port;

	@Autowired
	private StreamServers servers;

	@Autowired
	private SlowServer slow;

	@AfterEach
	void awaitNobody() {
		await().atMost(SOON)
			.until(() -> this.servers.getRunning().stream().allMatch((server) -> server.connections().isEmpty()));
	}

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
			}
			assertThat(page.browser().errors()).isEmpty();
		}
	}

	@Test
	void pageShowsAllAtOnceAndIsKept() throws Exception {
		try (LivePage page = LivePage.open(this.port);
				Socket idle = connect("echo");
				Socket slow = connect("burst");
				Socket fast = connect("slow")) {
			fast.getOutputStream().write(new byte[3 * SlowServer.LIMIT]);
			await().atMost(SOON).until(() -> "read-paused".equals(page.stateOf(connection("slow"))));
			await().atMost(SOON).until(() -> "write-blocked".equals(page.stateOf(connection("burst"))));
			assertThat(page.stateOf(connection("echo"))).isEqualTo("flowing");
			await().atMost(SOON)
				.until(() -> page.browser()
					.<String>run("return document.querySelector('svg.paused polyline').getAttribute('points')")
					.split(" ").length > 10);
			page.browser().keepScreenshot("streamsui-servers.png");
			page.choose(connection("burst"));
			page.browser().run("document.activeElement.blur(); window.scrollTo(0, 0)");
			page.browser().keepScreenshot("streamsui-light.png");
			page.browser().useDarkColours(true);
			page.browser().keepScreenshot("streamsui-dark.png");
			assertThat(page.browser().errors()).isEmpty();
		}
		finally {
			this.slow.permit(0);
		}
	}

	@Test
	void connectionsAreFilteredByTheirState() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket quiet = connect("echo"); Socket slow = connect("burst")) {
			page.awaitRow(connection("echo"));
			page.awaitRow(connection("burst"));
			page.show("writing-paused");
			page.awaitNoRow(connection("echo"));
			assertThat(page.stateOf(connection("burst"))).isEqualTo("write-blocked");
			page.show("");
			page.awaitRow(connection("echo"));
		}
	}

	@Test
	void pageIsUsedByKeyboardAlone() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket client = connect("echo")) {
			page.awaitRow(connection("echo"));
			page.focus("tbody .peer");
			page.browser().press(Browser.ENTER);
			await().atMost(SOON).until(() -> page.focused().equals("detail"));
			page.browser().press(Browser.TAB);
			assertThat(page.focused()).isEqualTo("Close panel");
			page.browser().press(Browser.TAB);
			assertThat(page.focused()).isEqualTo("Pause reading");
			page.browser().press(Browser.ENTER);
			await().atMost(SOON).until(() -> connection("echo").snapshot().heldByOperator());
			// Or it would never see its client leave.
			connection("echo").resumeReading();
			page.browser().press(Browser.ESCAPE);
			assertThat(page.count("#detail[hidden]")).isOne();
			assertThat(page.focused()).isEqualTo("127.0.0.1:" + client.getLocalPort());
		}
	}

	@Test
	void everythingHasANameForThoseWhoDoNotSee() throws Exception {
		try (LivePage page = LivePage.open(this.port); Socket client = connect("burst")) {
			page.awaitRow(connection("burst"));
			page.choose(connection("burst"));
			List<String> nameless = page.browser().run("""
					const named = (each) => each.getAttribute('aria-label') || each.textContent.trim()
						|| (each.labels && each.labels.length);
					return Array.from(document.querySelectorAll('[role=img], button, input, select, th, section'))
						.filter((each) => each.offsetParent && !named(each) && !each.getAttribute('aria-labelledby'))
						.map((each) => each.outerHTML);
					""");
			assertThat(nameless).isEmpty();
			assertThat(page.<String>inRow(connection("burst"), "return row.querySelector('.state').textContent"))
				.as("state in words, not by its colour alone")
				.isEqualTo("peer too slow");
			assertThat(page.count("html[lang]")).isOne();
			assertThat(page.count("h1, h2, main, [aria-live]")).isGreaterThan(4);
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
			await().atMost(SOON).until(() -> connection.reader().limit() == 4096);
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
	void serverThatHasNoRoomLooksUnlikeOneThatAnOperatorPaused() throws Exception {
		try (LivePage page = LivePage.open(this.port)) {
			await().atMost(SOON).until(() -> page.buttons().contains("Pause accepting"));
			List<String> shown = page.browser().run("""
					const draw = (name, acceptPaused, acceptHeld) => {
						const totals = { active: 1, accepted: 1, readingPaused: 0, writingPaused: 0, bytesReceived: 0,
							bytesSent: 0 };
						drawServer({ name, state: 'serving', addresses: [], acceptPaused, acceptHeld, totals,
							activity: { lastMinute: {} } });
						const card = servers.get(name).element;
						return card.querySelector('.counts').textContent.split(' · ')[0] + ', '
							+ card.querySelector('.actions').textContent;
					};
					return [draw('full', true, false), draw('held', true, true)];
					""");
			assertThat(shown).containsExactly("new clients wait, Pause accepting", "accepts nobody, Resume accepting");
		}
	}

	@Test
	void pageDoesNothingInAFrame() throws Exception {
		String html = new StreamsPageEndpoint().page().getBody();
		try (PlainPages pages = PlainPages.serve(html); Browser browser = Browser.start()) {
			browser.open(pages.address("/frame"));
			await().atMost(SOON)
				.until(() -> browser
					.<String>run("return document.querySelector('iframe').contentDocument.body.innerText")
					.contains("does nothing in a frame"));
			assertThat(pages.asked()).contains("/page").doesNotContain("/streams");
			browser.open(pages.address("/page"));
			await().atMost(SOON).until(() -> pages.asked().contains("/streams"));
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
					const totals = { active: 1, accepted: 1, readingPaused: 0, writingPaused: 0, bytesReceived: 0,
						bytesSent: 0 };
					drawServer({ name: evil, state: evil, addresses: [evil], totals, activity: { lastMinute: {} } });
					byId('facts').replaceChildren(...tlsFacts({ protocol: evil, cipher: evil, requestedName: evil,
						peerCertificate: { subject: evil, issuer: evil, validUntil: evil } })
						.flatMap(([name, value]) => [create('dt', name), describe(value)]));
					return document.querySelector('tr[data-id=evil] .peer').textContent;
					""");
			assertThat(shown).startsWith("<img src=x");
			assertThat(page.browser().<String>run("return document.querySelector('#facts').textContent"))
				.contains("<img src=x");
			assertThat(page.count("img, main script")).isZero();
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
