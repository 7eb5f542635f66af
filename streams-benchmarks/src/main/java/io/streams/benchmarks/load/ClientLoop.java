package io.streams.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The selector that all connections of the load generator share, and the buffer that all
 * read into.
 */
final class ClientLoop {

	private static final long SELECT_MILLIS = 20;

	/** Less than is read at once of plain bytes, so that those have room. */
	private static final int RECORDS_BYTES = Message.READ_BYTES / 2;

	private final Selector selector;

	private final InetSocketAddress server;

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(Message.READ_BYTES);

	private final @Nullable TlsClients tls;

	/** Encrypted bytes of one read, and of a record that had come in part before. */
	private final ByteBuffer records = ByteBuffer.allocate(RECORDS_BYTES);

	private final ByteBuffer outgoing = ByteBuffer.allocateDirect(RECORDS_BYTES);

	/** Made once: a method reference in the loop would be made each time. */
	private final Consumer<SelectionKey> dispatch = ClientLoop::dispatch;

	/** The time of the present turn. */
	private long now = System.nanoTime();

	ClientLoop(LoadOptions options) throws IOException {
		this.tls = options.tls() ? new TlsClients() : null;
		this.selector = Selector.open();
		this.server = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), options.port());
	}

	/**
	 * Connects.
	 * @return a channel that still blocks
	 */
	SocketChannel connect() throws IOException {
		SocketChannel channel = SocketChannel.open(this.server);
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		return channel;
	}

	/** What carries the bytes of a channel. */
	Wire wire(SocketChannel channel) {
		return (this.tls != null) ? new TlsWire(channel, this.tls.engine(), this.records, this.outgoing)
				: new PlainWire(channel);
	}

	InetSocketAddress server() {
		return this.server;
	}

	SelectionKey register(SocketChannel channel, int operations, Client client) throws IOException {
		channel.configureBlocking(false);
		return channel.register(this.selector, operations, client);
	}

	/** Waits for connections to become ready, and has each go on. */
	void turn() throws IOException {
		try {
			this.selector.select(this.dispatch, SELECT_MILLIS);
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
		this.now = System.nanoTime();
	}

	/** Turns for so long. */
	void run(Duration duration) throws IOException {
		long end = System.nanoTime() + duration.toNanos();
		do {
			turn();
		}
		while (this.now - end < 0);
	}

	/**
	 * Lets go of the sockets of closed channels, which the JDK keeps until the next
	 * select: their peers would be sent nothing but the end of input until then.
	 */
	void releaseClosed() throws IOException {
		this.selector.selectNow(this.dispatch);
	}

	long now() {
		return this.now;
	}

	/** An empty buffer, whose content is valid until the next call. */
	ByteBuffer readBuffer() {
		return this.readBuffer.clear();
	}

	private static void dispatch(SelectionKey key) {
		try {
			((Client) key.attachment()).ready();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
