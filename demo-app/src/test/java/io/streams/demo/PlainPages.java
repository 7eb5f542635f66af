package io.streams.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Serves a page without any header of protection at {@code /page}, and at {@code /frame}
 * another with the first in a frame. It remembers what it was asked for.
 */
final class PlainPages implements AutoCloseable {

	private final HttpServer server;

	private final String page;

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private PlainPages(HttpServer server, String page) {
		this.server = server;
		this.page = page;
	}

	static PlainPages serve(String page) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		PlainPages pages = new PlainPages(server, page);
		server.createContext("/", pages::answer);
		server.start();
		return pages;
	}

	String address(String path) {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + path;
	}

	List<String> asked() {
		return this.asked;
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		this.asked.add(path);
		String html = switch (path) {
			case "/page" -> this.page;
			case "/frame" -> "<!doctype html><iframe src=\"page\"></iframe>";
			default -> "";
		};
		byte[] body = html.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "text/html;charset=UTF-8");
		exchange.sendResponseHeaders(html.isEmpty() ? 404 : 200, html.isEmpty() ? -1 : body.length);
		if (!html.isEmpty()) {
			exchange.getResponseBody().write(body);
		}
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
