package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLContext;

import io.streams.tls.TestIdentity;

/**
 * The JDK's blocking TLS socket.
 *
 * @param peer the socket
 */
record RawTls(TlsPeer peer) implements RawLink {

	private static final SSLContext CLIENT = TestIdentity.trusting();

	/** Connects with a receive buffer of some size, or the system's choice for 0. */
	static RawTls connect(InetSocketAddress address, String version, int receiveBuffer) throws IOException {
		Socket plain = new Socket();
		try {
			if (receiveBuffer > 0) {
				plain.setReceiveBufferSize(receiveBuffer);
			}
			plain.setTcpNoDelay(true);
			plain.connect(address);
			return new RawTls(TlsPeer.over(plain, CLIENT, version, (socket) -> {
			}));
		}
		catch (IOException ex) {
			plain.close();
			throw ex;
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		int n = this.peer.tls().getInputStream().read(target.array(), target.position(), target.remaining());
		target.position(target.position() + Math.max(n, 0));
		return n;
	}

	@Override
	public void write(ByteBuffer source) throws IOException {
		this.peer.tls().getOutputStream().write(source.array(), source.position(), source.remaining());
		source.position(source.limit());
	}

	@Override
	public void limitUnread(int bytes) throws IOException {
		this.peer.plain().setSendBufferSize(bytes);
	}

	/** Sends the close_notify; the socket below stays open. */
	@Override
	public void shutdownOutput() throws IOException {
		this.peer.tls().shutdownOutput();
	}

	/** Ends the socket below, without a close_notify. */
	void truncate() throws IOException {
		this.peer.plain().shutdownOutput();
	}

	@Override
	public void reset() throws IOException {
		this.peer.reset();
	}

	@Override
	public void close() throws IOException {
		this.peer.plain().close();
	}

}
