package io.streams.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

/**
 * A Chromium without a window, driven over the WebDriver protocol.
 */
final class Browser implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

	private static final List<String> FLAGS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
			"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--window-size=1500,950");

	/** Keys as WebDriver names them. */
	static final String TAB = "\uE004";

	static final String ENTER = "\uE007";

	static final String ESCAPE = "\uE00C";

	private final HttpClient http = HttpClient.newHttpClient();

	private final JsonMapper json = new JsonMapper();

	private final Path profile;

	private final Process driver;

	private final String session;

	private Browser(Path chromium, Path driver) throws IOException {
		this.profile = Files.createTempDirectory("chromium-profile");
		this.driver = new ProcessBuilder(driver.toString(), "--port=0").redirectErrorStream(true).start();
		String sessions = "http://127.0.0.1:" + port(this.driver) + "/session";
		List<String> flags = new ArrayList<>(FLAGS);
		flags.add("--user-data-dir=" + this.profile);
		Map<String, Object> options = Map.of("binary", chromium.toString(), "args", flags);
		Map<String, Object> capabilities = Map.of("goog:chromeOptions", options, "goog:loggingPrefs",
				Map.of("browser", "ALL"));
		String id = send("POST", sessions, Map.of("capabilities", Map.of("alwaysMatch", capabilities)),
				"$.value.sessionId");
		this.session = sessions + "/" + id;
	}

	/** Starts a browser, or ends the test where there is none. */
	static Browser start() throws IOException {
		return new Browser(ExternalTool.find("chromium").path(), ExternalTool.find("chromedriver").path());
	}

	private static int port(Process driver) throws IOException {
		BufferedReader output = driver.inputReader();
		for (String line; (line = output.readLine()) != null;) {
			Matcher started = STARTED.matcher(line);
			if (started.find()) {
				return Integer.parseInt(started.group(1));
			}
		}
		throw new IOException("chromedriver did not start");
	}

	void open(String address) {
		send("POST", this.session + "/url", Map.of("url", address), "$.value");
	}

	/** What a script returns, run in the page. */
	@SuppressWarnings("TypeParameterUnusedInFormals")
	<T> T run(String script, Object... arguments) {
		return send("POST", this.session + "/execute/sync", Map.of("script", script, "args", arguments), "$.value");
	}

	/** Presses a key, wherever the focus is. */
	void press(String key) {
		List<Map<String, String>> strokes = List.of(Map.of("type", "keyDown", "value", key),
				Map.of("type", "keyUp", "value", key));
		send("POST", this.session + "/actions",
				Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", strokes))), "$.value");
	}

	/** Complaints in the console since the last call. */
	List<String> errors() {
		return send("POST", this.session + "/se/log", Map.of("type", "browser"),
				"$.value[?(@.level=='SEVERE' || @.level=='WARNING')].message");
	}

	void useDarkColours(boolean dark) {
		Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
		send("POST", this.session + "/goog/cdp/execute",
				Map.of("cmd", "Emulation.setEmulatedMedia", "params", Map.of("features", List.of(scheme))), "$.value");
	}

	/** Keeps a picture of the page as output of the build. */
	void keepScreenshot(String name) throws IOException {
		String picture = send("GET", this.session + "/screenshot", null, "$.value");
		Files.write(Files.createDirectories(Path.of("target", "screenshots")).resolve(name),
				Base64.getDecoder().decode(picture));
	}

	@SuppressWarnings("TypeParameterUnusedInFormals")
	private <T> T send(String method, String address, Object body, String result) {
		try {
			HttpRequest request = HttpRequest.newBuilder(URI.create(address))
				.method(method,
						(body != null) ? BodyPublishers.ofString(this.json.writeValueAsString(body))
								: BodyPublishers.noBody())
				.build();
			HttpResponse<String> response = this.http.send(request, BodyHandlers.ofString());
			if (response.statusCode() != 200) {
				throw new IllegalStateException(response.body());
			}
			return JsonPath.read(response.body(), result);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		try {
			send("DELETE", this.session, null, "$.value");
		}
		finally {
			this.driver.destroy();
			this.driver.onExit().join();
			this.http.close();
			FileSystemUtils.deleteRecursively(this.profile);
		}
	}

}
