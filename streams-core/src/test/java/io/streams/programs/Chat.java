package io.streams.programs;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.streams.StreamReader;
import io.streams.StreamWriter;

final class Chat {

	private final Set<StreamWriter> members = ConcurrentHashMap.newKeySet();

	void handle(StreamReader reader, StreamWriter writer) throws IOException {
		this.members.add(writer);
		try {
			while (reader.awaitInput()) {
				byte[] line = reader.readLine();
				for (StreamWriter member : this.members) {
					say(member, line);
				}
			}
		}
		finally {
			this.members.remove(writer);
		}
	}

	private void say(StreamWriter member, byte[] line) {
		try {
			member.write(line);
			member.drain();
		}
		catch (IOException ex) {
			// This member has left. The one who speaks goes on.
			this.members.remove(member);
		}
	}

}
