package io.streams.demo.cache;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.demo.cache.command.Cache;
import io.streams.demo.cache.command.CommandTable;
import io.streams.demo.cache.command.Session;
import io.streams.demo.cache.resp.RespException;
import io.streams.demo.cache.resp.RespLimits;
import io.streams.demo.cache.resp.RespReader;
import io.streams.demo.cache.resp.RespWriter;
import io.streams.demo.cache.store.Keyspace;
import io.streams.spring.handler.StreamHandler;

import org.springframework.stereotype.Component;

/**
 * Answers Redis's commands, one after the other. Sixteen requests that come in one packet
 * are answered in one: {@code drain} does not send while there is more to read.
 */
@Component
class CacheServer {

	private final CommandTable commands = new CommandTable();

	private final RespLimits limits;

	private final Cache cache;

	CacheServer(CacheProperties properties) {
		long started = System.nanoTime();
		Keyspace keys = new Keyspace(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
		this.limits = properties.limits();
		this.cache = new Cache(keys, properties.maxBytes().toBytes(), this.limits.wordBytes());
	}

	@StreamHandler(server = "cache", host = "127.0.0.1", port = "6380")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
		RespReader requests = new RespReader(reader, this.limits);
		RespWriter replies = new RespWriter(writer);
		try (Session session = this.cache.open(writer.connection().remoteAddress())) {
			while (!session.isEnded() && reader.awaitInput() && serve(requests, replies, session)) {
				replies.drain();
			}
		}
		catch (RespException ex) {
			replies.write(ex.reply());
		}
	}

	/** Answers one request; {@code false} if the input ended instead. */
	private boolean serve(RespReader requests, RespWriter replies, Session session) throws IOException {
		List<byte[]> request = requests.next();
		if (request != null) {
			replies.write(this.commands.execute(request, session));
		}
		return request != null;
	}

}
