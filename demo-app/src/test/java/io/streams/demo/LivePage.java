package io.streams.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.streams.StreamConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page of the endpoint {@code streamsui} in a browser.
 */
final class LivePage implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Browser browser;

	private LivePage(Browser browser) {
		this.browser = browser;
	}

	static LivePage open(int port) throws IOException {
		LivePage page = new LivePage(Browser.start());
		page.browser.open("http://127.0.0.1:" + port + "/actuator/streamsui");
		await().atMost(PATIENCE).until(() -> page.count(".card") > 0);
		return page;
	}

	Browser browser() {
		return this.browser;
	}

	void awaitRow(StreamConnection connection) {
		await().atMost(PATIENCE).until(() -> stateOf(connection) != null);
	}

	void awaitNoRow(StreamConnection connection) {
		await().atMost(PATIENCE).until(() -> stateOf(connection) == null);
	}

	/** Which colour a connection's row has, or {@code null} if it has no row. */
	String stateOf(StreamConnection connection) {
		return inRow(connection, "return row ? row.dataset.state : null");
	}

	/** What a script returns that knows the connection's row. */
	@SuppressWarnings("TypeParameterUnusedInFormals")
	<T> T inRow(StreamConnection connection, String script) {
		return this.browser.run("const row = document.querySelector(`tr[data-id='${arguments[0]}']`); " + script,
				connection.id());
	}

	void choose(StreamConnection connection) {
		inRow(connection, "row.querySelector('.peer').click()");
		await().atMost(PATIENCE)
			.until(() -> this.browser.<String>run("return document.querySelector('#facts').textContent")
				.contains("Open for"));
	}

	void press(String button) {
		boolean pressed = this.browser.run("const found = Array.from(document.querySelectorAll('button'))"
				+ ".find((each) => each.textContent === arguments[0] && each.offsetParent);"
				+ "if (found) { found.click(); } return Boolean(found);", button);
		assertThat(pressed).as("button '%s'", button).isTrue();
	}

	/** Chooses which connections to show. */
	void show(String state) {
		this.browser.run("const filter = document.querySelector('#filter'); filter.value = arguments[0];"
				+ " filter.dispatchEvent(new Event('change'))", state);
	}

	void focus(String selector) {
		this.browser.run("document.querySelector(arguments[0]).focus()", selector);
	}

	/** What has the focus: its id, or else its text. */
	String focused() {
		return this.browser
			.run("return document.activeElement.id === 'detail' ? 'detail'" + " : document.activeElement.textContent");
	}

	long count(String selector) {
		return this.browser.<Number>run("return document.querySelectorAll(arguments[0]).length", selector).longValue();
	}

	List<String> buttons() {
		return this.browser.run("return Array.from(document.querySelectorAll('button'), (each) => each.textContent)");
	}

	@Override
	public void close() throws IOException {
		this.browser.close();
	}

}
