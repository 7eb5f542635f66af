package io.streams.spring.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * The live page: one file that needs nothing from elsewhere, and the policy that says so.
 * The policy names the page's style and script by their hashes, so that nothing else is
 * ever applied or run, wherever it may come from.
 *
 * @param html the page
 * @param contentSecurityPolicy its policy
 */
record StreamsPage(String html, String contentSecurityPolicy) {

	static StreamsPage load() {
		String html = read("streams.html");
		String policy = "default-src 'none'; style-src " + hash(html, "style") + "; script-src " + hash(html, "script")
				+ "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
		return new StreamsPage(html, policy);
	}

	/** The page for where no header can be set: it carries its policy itself. */
	String htmlWithPolicy() {
		return this.html.replace("<meta charset=\"utf-8\">",
				"<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""
						+ this.contentSecurityPolicy + "\">");
	}

	private static String read(String name) {
		try (InputStream input = StreamsPage.class.getResourceAsStream(name)) {
			byte[] bytes = Objects.requireNonNull(input, name).readAllBytes();
			return new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String hash(String html, String element) {
		int from = html.indexOf("<" + element + ">") + element.length() + 2;
		String content = html.substring(from, html.indexOf("</" + element + ">", from));
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
			return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
