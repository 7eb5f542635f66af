package io.streams.spring.actuate;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Sends requests with headers that the JDK's client does not let a test choose.
 *
 * @param port where the application listens
 */
record RawHttp(int port) {

	/** Sends a request; {@code PORT} in a header stands for the port. */
	Answer send(String method, String path, List<String> headers, String body) throws IOException {
		StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
		headers.forEach((header) -> request.append(header.replace("PORT", "" + this.port)).append("\r\n"));
		if (method.equals("POST")) {
			request.append("Content-Type: application/json\r\n");
		}
		request.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return new Answer(Integer.parseInt(answer.split(" ")[1]), answer);
		}
	}

	record Answer(int status, String text) {
	}

}
