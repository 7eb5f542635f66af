package io.streams.demo.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

import org.springframework.stereotype.Component;

/**
 * Answers who connects to a Unix socket: one command a line, an empty line after each
 * answer. Only the user who runs the demo can.
 */
@Component
class ConsoleServer {

	private final ConsoleCommands commands;

	ConsoleServer(ConsoleCommands commands) {
		this.commands = commands;
	}

	@StreamHandler(server = "console", path = "${java.io.tmpdir}/streams-demo.sock", limit = "1KB")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
		say(writer, "Streams demo: type help\n");
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			String command = new String(line, StandardCharsets.UTF_8).strip();
			if (command.equals("quit")) {
				say(writer, "good-bye\n");
				return;
			}
			say(writer, this.commands.execute(command));
		}
	}

	private static void say(StreamWriter writer, String text) throws IOException {
		writer.write((text + "\n").getBytes(StandardCharsets.UTF_8));
		writer.drain();
	}

}
