package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A socket that sends some bytes of its own together with the first that it is given.
 */
final class PrefixedSocket extends Socket {

	private final Socket delegate;

	private final OutputStream output;

	PrefixedSocket(Socket delegate, byte[] prefix) throws IOException {
		this.delegate = delegate;
		this.output = new FilterOutputStream(delegate.getOutputStream()) {

			private boolean begun;

			@Override
			public void write(byte[] data, int offset, int length) throws IOException {
				ByteArrayOutputStream all = new ByteArrayOutputStream();
				if (!this.begun) {
					this.begun = true;
					all.writeBytes(prefix);
				}
				all.write(data, offset, length);
				this.out.write(all.toByteArray());
			}

		};
	}

	@Override
	public OutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return this.delegate.getInputStream();
	}

	@Override
	public boolean isConnected() {
		return true;
	}

	@Override
	public InetAddress getInetAddress() {
		return this.delegate.getInetAddress();
	}

	@Override
	public int getPort() {
		return this.delegate.getPort();
	}

	@Override
	public SocketAddress getRemoteSocketAddress() {
		return this.delegate.getRemoteSocketAddress();
	}

	@Override
	public void setSoTimeout(int timeout) throws SocketException {
		this.delegate.setSoTimeout(timeout);
	}

	@Override
	public int getSoTimeout() throws SocketException {
		return this.delegate.getSoTimeout();
	}

	@Override
	public void setTcpNoDelay(boolean on) throws SocketException {
		this.delegate.setTcpNoDelay(on);
	}

	@Override
	public boolean isInputShutdown() {
		return this.delegate.isInputShutdown();
	}

	@Override
	public boolean isOutputShutdown() {
		return this.delegate.isOutputShutdown();
	}

	@Override
	public boolean isClosed() {
		return this.delegate.isClosed();
	}

	@Override
	public void close() throws IOException {
		this.delegate.close();
	}

}
