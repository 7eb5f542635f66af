package io.streams.demo.traffic;

import java.io.IOException;

import io.streams.StreamReader;
import io.streams.StreamWriter;

/**
 * What a client has to say to a server.
 */
@FunctionalInterface
interface Conversation {

	/**
	 * Talks until the server has had enough, or it is time to stop.
	 * @param reader what the server says
	 * @param writer what it is told
	 * @param stop says when to stop
	 * @throws IOException if the connection is lost
	 * @throws InterruptedException if it is time to stop
	 */
	void hold(StreamReader reader, StreamWriter writer, StopSignal stop) throws IOException, InterruptedException;

}
