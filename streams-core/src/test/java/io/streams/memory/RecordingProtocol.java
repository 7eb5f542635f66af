package io.streams.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.streams.transport.Protocol;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Notes what it is called for. Bytes come as {@code "data abc"}, a chunk each.
 */
class RecordingProtocol implements Protocol {

	final List<String> calls = new CopyOnWriteArrayList<>();

	final CompletableFuture<Transport> made = new CompletableFuture<>();

	private volatile boolean lost;

	private volatile @Nullable IOException cause;

	Transport transport() {
		return this.made.join();
	}

	boolean isLost() {
		return this.lost;
	}

	/** Why the connection was lost. */
	@Nullable IOException cause() {
		return this.cause;
	}

	void write(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
		transport().write(bytes, 0, bytes.length);
	}

	@Override
	public void connectionMade(Transport transport) {
		this.calls.add("made");
		this.made.complete(transport);
	}

	@Override
	public void dataReceived(ByteBuffer data) {
		this.calls.add("data " + StandardCharsets.ISO_8859_1.decode(data));
	}

	@Override
	public boolean eofReceived() {
		this.calls.add("eof");
		return true;
	}

	@Override
	public void pauseWriting() {
		this.calls.add("pause");
	}

	@Override
	public void resumeWriting() {
		this.calls.add("resume");
	}

	@Override
	public void connectionLost(@Nullable IOException cause) {
		this.calls.add("lost");
		this.cause = cause;
		this.lost = true;
	}

}
