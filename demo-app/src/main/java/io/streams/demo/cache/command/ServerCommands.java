package io.streams.demo.cache.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.Glob;
import io.streams.demo.cache.store.Keyspace;

/**
 * Commands about the server.
 */
final class ServerCommands {

	/** The version of Redis whose words are spoken. */
	static final String VERSION = "7.0.15";

	private ServerCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.of("info", -1, ServerCommands::info),
				CommandSpec.of("config", -2, (session, arguments) -> {
					throw CommandException.arity("config");
				}), CommandSpec.of("config|get", -3, ServerCommands::configuration),
				CommandSpec.of("config|set", -4, ServerCommands::configure),
				CommandSpec.of("config|resetstat", 2, (session, arguments) -> Reply.OK),
				CommandSpec.of("command", -1, (session, arguments) -> Reply.EMPTY),
				CommandSpec.of("command|docs", -2, (session, arguments) -> Reply.EMPTY),
				CommandSpec.of("command|info", -2, (session, arguments) -> Reply.EMPTY),
				CommandSpec.of("command|list", -2, (session, arguments) -> Reply.EMPTY),
				CommandSpec.of("command|count", 2, (session, arguments) -> Reply.ZERO));
	}

	private static Reply info(Session session, Arguments arguments) {
		List<String> wanted = new ArrayList<>();
		for (int i = 1; i < arguments.count(); i++) {
			wanted.add(arguments.keyword(i));
		}
		boolean all = wanted.isEmpty() || wanted.contains("all") || wanted.contains("default")
				|| wanted.contains("everything");
		List<String> sections = new ArrayList<>();
		sections(session).forEach((name, lines) -> {
			if (all || wanted.contains(name)) {
				sections.add("# " + capitalized(name) + "\r\n" + lines);
			}
		});
		return Reply.text(String.join("\r\n", sections));
	}

	private static Map<String, String> sections(Session session) {
		Cache cache = session.cache();
		Keyspace keys = session.keys();
		Map<String, String> sections = new LinkedHashMap<>();
		sections.put("server", line("redis_version", VERSION) + line("redis_mode", "standalone")
				+ line("process_id", ProcessHandle.current().pid()) + line("uptime_in_seconds", keys.now() / 1000));
		// No command blocks; redis-cli --stat shows nonsense if nobody says so
		sections.put("clients", line("connected_clients", cache.sessions().size()) + line("blocked_clients", 0));
		sections.put("memory", line("used_memory", keys.used()) + line("maxmemory", cache.maxBytes())
				+ line("maxmemory_policy", "noeviction"));
		sections.put("stats", line("total_connections_received", cache.connections())
				+ line("total_commands_processed", cache.commands()));
		sections.put("replication", line("role", "master"));
		sections.put("keyspace", (keys.size() == 0) ? ""
				: line("db0", "keys=" + keys.size() + ",expires=" + keys.expiringKeys() + ",avg_ttl=0"));
		return sections;
	}

	private static String line(String name, Object value) {
		return name + ":" + value + "\r\n";
	}

	private static String capitalized(String name) {
		return Character.toUpperCase(name.charAt(0)) + name.substring(1);
	}

	private static Reply configuration(Session session, Arguments arguments) {
		Map<String, String> found = new TreeMap<>();
		Map<String, String> settings = settings(session);
		for (int i = 2; i < arguments.count(); i++) {
			Glob pattern = new Glob(Bytes.of(arguments.keyword(i)).array());
			settings.forEach((name, value) -> {
				if (pattern.matches(Bytes.of(name).array())) {
					found.put(name, value);
				}
			});
		}
		List<Reply> items = new ArrayList<>();
		found.forEach((name, value) -> {
			items.add(Reply.text(name));
			items.add(Reply.text(value));
		});
		return new Reply.Array(items);
	}

	private static Reply configure(Session session, Arguments arguments) {
		if (arguments.count() % 2 != 0) {
			throw CommandException.arity("config|set");
		}
		String name = arguments.keyword(2);
		if (!settings(session).containsKey(name)) {
			throw new CommandException(
					"ERR Unknown option or number of arguments for CONFIG SET - '" + arguments.text(2) + "'");
		}
		throw new CommandException(
				"ERR CONFIG SET failed (possibly related to argument '" + name + "') - can't set immutable config");
	}

	private static Map<String, String> settings(Session session) {
		return Map.of("appendonly", "no", "databases", "1", "maxmemory", Long.toString(session.cache().maxBytes()),
				"maxmemory-policy", "noeviction", "proto-max-bulk-len",
				Integer.toString(session.cache().maxStringBytes()), "save", "");
	}

}
