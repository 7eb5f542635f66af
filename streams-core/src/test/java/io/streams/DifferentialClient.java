package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * Plays scripts over plain blocking sockets and writes down what comes back.
 */
final class DifferentialClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 5000;

	private final InetAddress host;

	private final int port;

	/** A connection to ask whether the server has had its turn. */
	private final Conversation pause;

	DifferentialClient(InetAddress host, int port) throws IOException {
		this.host = host;
		this.port = port;
		this.pause = new Conversation();
	}

	/**
	 * Plays a script.
	 * @return every byte that came, how the stream ended, and how the handler did
	 */
	String run(DifferentialScript script) throws IOException {
		String transcript;
		try (Conversation conversation = new Conversation()) {
			conversation.send(("I " + script.id() + "\n").getBytes(StandardCharsets.US_ASCII));
			transcript = conversation.play(script);
		}
		try (Conversation question = new Conversation()) {
			question.send(("G " + script.id() + "\n").getBytes(StandardCharsets.US_ASCII));
			question.awaitLines(1);
			return transcript + " | handler " + question.transcript().strip();
		}
	}

	@Override
	public void close() throws IOException {
		this.pause.close();
	}

	/** One connection. */
	private final class Conversation implements AutoCloseable {

		private final Socket socket = new Socket(DifferentialClient.this.host, DifferentialClient.this.port);

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private final byte[] chunk = new byte[64 * 1024];

		private int lines;

		Conversation() throws IOException {
			this.socket.setSoTimeout(TIMEOUT_MILLIS);
			this.socket.setTcpNoDelay(true);
		}

		String play(DifferentialScript script) throws IOException {
			String end = "open";
			try {
				for (DifferentialScript.Step step : script.steps()) {
					end = play(step, end);
				}
			}
			catch (SocketTimeoutException ex) {
				end = "nothing came for " + TIMEOUT_MILLIS + " ms";
			}
			catch (SocketException ex) {
				end = "reset";
			}
			return transcript() + " | stream " + end;
		}

		private String play(DifferentialScript.Step step, String end) throws IOException {
			switch (step) {
				case DifferentialScript.Step.Send(byte[] data) -> send(data);
				case DifferentialScript.Step.AwaitLines(int count) -> awaitLines(count);
				case DifferentialScript.Step.HalfClose halfClose -> this.socket.shutdownOutput();
				case DifferentialScript.Step.Close close -> this.socket.close();
				case DifferentialScript.Step.Pause pause -> {
					DifferentialClient.this.pause.send(new byte[] { 'P', '\n' });
					DifferentialClient.this.pause.awaitLines(1);
				}
				case DifferentialScript.Step.Reset reset -> {
					this.socket.setSoLinger(true, 0);
					this.socket.close();
				}
				case DifferentialScript.Step.AwaitEnd awaitEnd -> {
					while (receive()) {
						// To the end.
					}
					return "ended";
				}
			}
			return end;
		}

		void send(byte[] data) throws IOException {
			this.socket.getOutputStream().write(data);
		}

		void awaitLines(int count) throws IOException {
			this.lines -= count;
			while (this.lines < 0) {
				if (!receive()) {
					throw new SocketException("the server ended its side");
				}
			}
		}

		private boolean receive() throws IOException {
			int n = this.socket.getInputStream().read(this.chunk);
			for (int i = 0; i < n; i++) {
				this.lines += (this.chunk[i] == '\n') ? 1 : 0;
			}
			if (n > 0) {
				this.received.write(this.chunk, 0, n);
			}
			return n >= 0;
		}

		String transcript() {
			return this.received.toString(StandardCharsets.ISO_8859_1);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
