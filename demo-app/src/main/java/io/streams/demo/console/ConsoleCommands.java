package io.streams.demo.console;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

import io.streams.BufferSnapshot;
import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.spring.server.StreamServers;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What can be asked on the console.
 */
@Component
class ConsoleCommands {

	static final String HELP = """
			servers                   all servers
			connections SERVER        its connections, the worst first
			connection SERVER ID      one connection in detail
			help                      this text
			quit                      good-bye
			""";

	/** How many connections are listed. */
	static final int LISTED_CONNECTIONS = 50;

	/** How much of what somebody typed is repeated. */
	private static final int QUOTED_LENGTH = 40;

	private final StreamServers servers;

	ConsoleCommands(StreamServers servers) {
		this.servers = servers;
	}

	/**
	 * Answers a line.
	 * @param line what was typed
	 * @return the answer, of whole lines
	 */
	String execute(String line) {
		List<String> words = List.of(line.strip().split("\\s+"));
		return switch (words.get(0)) {
			case "", "help" -> HELP;
			case "servers" -> servers();
			case "connections" -> (words.size() == 2) ? connections(words.get(1)) : usage("connections SERVER");
			case "connection" ->
				(words.size() == 3) ? connection(words.get(1), words.get(2)) : usage("connection SERVER ID");
			default -> "unknown command '" + quoted(words.get(0)) + "': try help\n";
		};
	}

	private String servers() {
		TextTable table = new TextTable().row("NAME", "STATE", "OPEN", "ACCEPTED", "REJECTED", "ADDRESSES");
		for (StreamServer server : this.servers.getRunning()) {
			ServerSnapshot snapshot = server.snapshot();
			table.row(snapshot.name(), snapshot.state().name().toLowerCase(Locale.ROOT),
					snapshot.activeConnections() + " of " + snapshot.maxConnections(),
					Long.toString(snapshot.acceptedConnections()), Long.toString(snapshot.rejectedConnections()),
					snapshot.addresses().stream().map(ConsoleCommands::address).collect(Collectors.joining(" ")));
		}
		return table.render();
	}

	private String connections(String name) {
		StreamServer server = this.servers.find(name);
		if (server == null) {
			return unknownServer(name);
		}
		List<ConnectionSnapshot> all = server.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.sorted(ConnectionSnapshot.WORST_FIRST)
			.toList();
		TextTable table = new TextTable().row("ID", "PEER", "AGE", "READING", "UNREAD", "WRITING", "UNSENT", "DRAINS");
		all.stream().limit(LISTED_CONNECTIONS).forEach((connection) -> addRow(table, connection));
		int more = all.size() - LISTED_CONNECTIONS;
		return table.render() + ((more > 0) ? "and " + more + " more\n" : "");
	}

	private static void addRow(TextTable table, ConnectionSnapshot connection) {
		table.row(connection.id(), address(connection.remoteAddress()), Amounts.time(connection.age()),
				Amounts.flow(connection.reading()), Amounts.fill(connection.reading()),
				Amounts.flow(connection.writing()), Amounts.fill(connection.writing()),
				Integer.toString(connection.drainWaiters()));
	}

	private String connection(String name, String id) {
		StreamServer server = this.servers.find(name);
		if (server == null) {
			return unknownServer(name);
		}
		StreamConnection connection = server.connection(id);
		return (connection != null) ? detail(connection.snapshot())
				: "no connection '" + quoted(id) + "' on server '" + name + "'\n";
	}

	private static String detail(ConnectionSnapshot connection) {
		TextTable table = new TextTable().row("id", connection.id())
			.row("server", Objects.requireNonNullElse(connection.server(), ""))
			.row("state", connection.state().name().toLowerCase(Locale.ROOT))
			.row("peer", address(connection.remoteAddress()))
			.row("age", Amounts.time(connection.age()))
			.row("idle", Amounts.time(connection.idle()));
		addDirection(table, "reading", connection.reading());
		addDirection(table, "writing", connection.writing());
		return table.row("drain waiters", Integer.toString(connection.drainWaiters()))
			.row("input ended", connection.inputEnded() ? "yes" : "no")
			.row("handler", connection.handlerRunning() ? "running" : "finished")
			.render();
	}

	private static void addDirection(TextTable table, String name, BufferSnapshot direction) {
		table
			.row(name,
					Amounts.flow(direction) + ", " + Amounts.bytes(direction.buffered()) + " buffered (low mark "
							+ Amounts.bytes(direction.marks().low()) + ", high "
							+ Amounts.bytes(direction.marks().high()) + ")")
			.row("", direction.pauses().pauses() + " pauses, the longest "
					+ Amounts.time(Duration.ofNanos(direction.pauses().longestNanos())) + "; "
					+ Amounts.bytes(direction.transferred()) + " in all");
	}

	private String unknownServer(String name) {
		return "no server '" + quoted(name) + "' runs, only " + String.join(", ", this.servers.getNames()) + "\n";
	}

	private static String usage(String usage) {
		return "usage: " + usage + "\n";
	}

	private static String address(@Nullable SocketAddress address) {
		String text = (address != null) ? address.toString() : "";
		return text.isEmpty() ? "-" : text.replaceFirst("^[^/]*/(?=.*:)", "");
	}

	/** What somebody typed, without what would not look well on a terminal. */
	private static String quoted(String text) {
		String plain = text.codePoints()
			.limit(QUOTED_LENGTH)
			.map((character) -> Character.isISOControl(character) ? '?' : character)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
		return (text.codePointCount(0, text.length()) > QUOTED_LENGTH) ? plain + "…" : plain;
	}

}
