package io.streams.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import com.jayway.jsonpath.JsonPath;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.core.env.Environment;

/**
 * Reads what the application under test serves over HTTP.
 */
@TestComponent
public class Actuator implements AutoCloseable {

	private final HttpClient client = HttpClient.newHttpClient();

	private final Environment environment;

	Actuator(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Gets a page.
	 * @param path its path
	 * @return the response
	 */
	public HttpResponse<String> get(String path) {
		URI uri = URI.create("http://127.0.0.1:" + this.environment.getProperty("local.server.port") + path);
		try {
			return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Reads a value of an endpoint.
	 * @param path what is below /actuator
	 * @param expression which part of it
	 * @param <T> its type
	 * @return the value
	 */
	@SuppressWarnings("TypeParameterUnusedInFormals")
	public <T> T read(String path, String expression) {
		return JsonPath.read(get("/actuator" + path).body(), expression);
	}

	/**
	 * Reads a meter.
	 * @param name its name
	 * @param statistic which of its statistics
	 * @param tags tags with their values, as key:value
	 * @return the value
	 */
	public double metric(String name, String statistic, String... tags) {
		String query = (tags.length > 0) ? "?tag=" + String.join("&tag=", tags) : "";
		Iterable<Number> values = read("/metrics/" + name + query,
				"$.measurements[?(@.statistic=='" + statistic + "')].value");
		return values.iterator().next().doubleValue();
	}

	@Override
	public void close() {
		this.client.close();
	}

}
