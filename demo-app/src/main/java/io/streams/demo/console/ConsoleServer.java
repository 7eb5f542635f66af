package io.streams.demo.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.streams.LimitOverrunException;
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
		try {
			converse(reader, writer);
			say(writer, "good-bye\n");
		}
		catch (LimitOverrunException ex) {
			say(writer, "a command may be " + reader.limit() + " bytes long: good-bye\n");
		}
	}

	private void converse(StreamReader reader, StreamWriter writer) throws IOException {
		String command = readCommand(reader);
		while (!command.equals("quit")) {
			say(writer, this.commands.execute(command));
			command = readCommand(reader);
		}
	}

	/** The end of the input is a farewell as well. */
	private static String readCommand(StreamReader reader) throws IOException {
		return reader.awaitInput() ? new String(reader.readLine(), StandardCharsets.UTF_8).strip() : "quit";
	}

	private static void say(StreamWriter writer, String text) throws IOException {
		writer.write((text + "\n").getBytes(StandardCharsets.UTF_8));
		writer.drain();
	}

}
