package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * Reads a {@linkplain PatternBytes pattern} to its end by any kind of read, and says how
 * the input ended. For one thread.
 */
final class PatternReader {

	private static final byte[] NEWLINE = { '\n' };

	private static final List<byte[]> NEWLINES = List.of(NEWLINE, "\r\n".getBytes(StandardCharsets.US_ASCII));

	private final StreamConnection connection;

	private final StreamReader reader;

	private final PatternBytes pattern;

	private final Random random;

	/** The kind of every read, or {@code null} for another kind at each read. */
	private final @Nullable Kind only;

	/** Also read by others while this one waits. */
	private volatile long taken;

	private volatile @Nullable Kind current;

	private @Nullable Ending ending;

	PatternReader(StreamConnection connection, PatternBytes pattern, Random random, @Nullable Kind only) {
		this.connection = connection;
		this.reader = connection.reader();
		this.pattern = pattern;
		this.random = random;
		this.only = only;
	}

	long taken() {
		return this.taken;
	}

	@Override
	public String toString() {
		return this.taken + " bytes read, now in " + this.current;
	}

	/**
	 * Reads until the input ends.
	 * @param enough bytes after which to return before the end
	 * @return how it ended, or {@code null} if it has not
	 */
	@Nullable Ending read(long enough) throws IOException {
		while (this.ending == null && this.taken < enough) {
			Kind kind = (this.only != null) ? this.only : PropertyRound.pick(this.random, Kind.values());
			this.current = kind;
			try {
				readBy(kind);
			}
			catch (IncompleteReadException ex) {
				take(ex.partial());
				ended(Ending.proper(kind));
			}
			catch (IOException ex) {
				ended(new Ending(kind, How.FAILED, ex));
				takeRest();
			}
		}
		return this.ending;
	}

	/** Reads the bytes that were received before the error. */
	private void takeRest() throws IOException {
		while (this.reader.buffered() > 0) {
			take(this.reader.read(8192));
		}
	}

	private void readBy(Kind kind) throws IOException {
		switch (kind) {
			case SOME -> takeOrEnd(this.reader.read(size()));
			case SOME_LATER -> takeOrEnd(later(this.reader.readAsync(size())));
			case EXACTLY -> take(this.reader.readExactly(size()));
			case EXACTLY_LATER -> take(later(this.reader.readExactlyAsync(size())));
			case LINE -> takeLine(this.reader.readLine());
			case LINE_LATER -> takeLine(later(this.reader.readLineAsync()));
			case UNTIL -> take(this.reader.readUntil(NEWLINE));
			case UNTIL_SEVERAL -> take(this.reader.readUntil(NEWLINES));
			case UNTIL_LATER -> take(later(this.reader.readUntilAsync(NEWLINE)));
			case ALL -> {
				take(this.reader.read());
				ended(Ending.proper(kind));
			}
			case BUFFER -> takeBuffer();
			case STREAM -> takeStream(this.reader.inputStream());
			case LINES -> takeLines(this.reader.lines().iterator());
			case AWAITED -> afterWait(this.reader.awaitInput());
			case AWAITED_LATER -> afterWait(later(this.reader.awaitInputAsync()));
		}
	}

	private int size() {
		return PropertyRound.magnitude(this.random, 20_000);
	}

	private void takeBuffer() throws IOException {
		ByteBuffer target = ByteBuffer.allocate(size());
		if (this.reader.read(target) < 0) {
			ended(Ending.proper(Kind.BUFFER));
		}
		take(Arrays.copyOf(target.array(), target.position()));
	}

	private void takeStream(InputStream stream) throws IOException {
		byte[] target = new byte[size()];
		int n = stream.read(target);
		if (n < 0) {
			ended(Ending.proper(Kind.STREAM));
			return;
		}
		take(Arrays.copyOf(target, n));
	}

	private void takeLines(Iterator<byte[]> lines) throws IOException {
		try {
			for (int i = 0; i < 5; i++) {
				if (!lines.hasNext()) {
					ended(Ending.proper(Kind.LINES));
					return;
				}
				takeLine(lines.next());
			}
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	private void afterWait(boolean available) throws IOException {
		if (available) {
			takeOrEnd(this.reader.read(size()));
		}
		else {
			boolean stopping = this.connection.isStopping();
			ended(new Ending(Kind.AWAITED, stopping ? How.STOPPED : How.PROPER, null));
		}
	}

	private void takeOrEnd(byte[] bytes) {
		if (bytes.length == 0) {
			ended(Ending.proper(this.current));
		}
		take(bytes);
	}

	/** A line without its end is the last one. */
	private void takeLine(byte[] line) {
		if (line.length == 0 || line[line.length - 1] != '\n') {
			ended(Ending.proper(this.current));
		}
		take(line);
	}

	private void take(byte[] bytes) {
		long wrong = this.pattern.mismatch(this.taken, bytes, bytes.length);
		if (wrong >= 0) {
			throw PropertyRound.broken("wrong byte", this.current + " gave a wrong byte at " + wrong);
		}
		this.taken += bytes.length;
	}

	private void ended(Ending how) {
		if (this.ending == null) {
			this.ending = how;
		}
	}

	private static <T> T later(CompletableFuture<T> future) throws IOException {
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (!future.cancel(false) && !future.isCompletedExceptionally()) {
				// It came first, and has taken bytes.
				return future.join();
			}
			throw new InterruptedIOException("interrupted while an asynchronous read was awaited");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException failure) {
				throw failure;
			}
			throw new AssertionError("unexpected: an asynchronous read failed with " + ex.getCause(), ex.getCause());
		}
	}

	/** The kinds of read. */
	enum Kind {

		SOME, SOME_LATER, EXACTLY, EXACTLY_LATER, LINE, LINE_LATER, UNTIL, UNTIL_SEVERAL, UNTIL_LATER, ALL, BUFFER,
		STREAM, LINES, AWAITED, AWAITED_LATER

	}

	/** The ways of an input to end. */
	enum How {

		/** The reader says that this is all. */
		PROPER,

		/** {@code awaitInput} says that no message follows, and the server stops. */
		STOPPED,

		/** A read threw. */
		FAILED

	}

	/**
	 * How an input ended.
	 *
	 * @param kind the read that told
	 * @param how what it told
	 * @param failure what it threw
	 */
	record Ending(@Nullable Kind kind, How how, @Nullable IOException failure) {

		static Ending proper(@Nullable Kind kind) {
			return new Ending(kind, How.PROPER, null);
		}

	}

}
