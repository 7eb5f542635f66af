package io.streams.asyncio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import io.streams.AsyncConnectionHandler;
import io.streams.ConnectOptions;
import io.streams.ConnectionHandler;
import io.streams.HandlerOutcome;
import io.streams.IncompleteReadException;
import io.streams.LimitOverrunException;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.ReaderFeed;
import io.streams.StreamReader;
import io.streams.StreamReaderProtocol;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.flow.FlowControl;
import io.streams.memory.MemoryEnd;
import io.streams.loop.LoopThreads;
import io.streams.TestLoops;
import io.streams.nio.NioTransportFactory;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * CPython's {@code test_streams.py}, as far as it can be meant in Java: what it shows,
 * under the same names.
 *
 * @see AsyncioTestListTests
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncioStreamsTests {

	private static final byte[] DATA = bytes("line1\nline2\nline3\n");

	private final Failures failures = new Failures();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@Test
	void openConnection() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			fetch(Streams.openConnection("127.0.0.1", server.port(), connectOptions()));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void openUnixConnection() throws IOException {
		try (TestHttpServer server = TestHttpServer.onUnix(this.directory.resolve("http"))) {
			fetch(Streams.openUnixConnection(this.directory.resolve("http"), connectOptions()));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void openConnectionNoLoopSsl() throws Exception {
		SSLContext context = TestIdentity.SERVER.context();
		ServerOptions options = ServerOptions.builder().tls(TlsOptions.builder(context).build()).build();
		try (StreamServer server = Streams.startServer(page(), "127.0.0.1", 0, options)) {
			fetch(Streams.openConnection("127.0.0.1", server.port(),
					ConnectOptions.builder().listener(this.failures).tls(TlsOptions.builder(context).build()).build()));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void openUnixConnectionNoLoopSsl() throws Exception {
		SSLContext context = TestIdentity.SERVER.context();
		ServerOptions options = ServerOptions.builder().tls(TlsOptions.builder(context).build()).build();
		Path path = this.directory.resolve("tls");
		try (StreamServer server = Streams.startUnixServer(page(), path, options)) {
			TlsOptions tls = TlsOptions.builder(context).verifyHostname(false).build();
			fetch(Streams.openUnixConnection(path, ConnectOptions.builder().listener(this.failures).tls(tls).build()));
			server.close();
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void openConnectionError() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			readAfterLoss(Streams.openConnection("127.0.0.1", server.port(), connectOptions()));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void openUnixConnectionError() throws IOException {
		try (TestHttpServer server = TestHttpServer.onUnix(this.directory.resolve("http"))) {
			readAfterLoss(Streams.openUnixConnection(this.directory.resolve("http"), connectOptions()));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void feedEmptyData() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		feed.feedData(new byte[0]);
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void feedNonemptyData() throws IOException {
		StreamReader reader = fed(DATA);
		assertRest(reader, DATA);
	}

	@Test
	void readZero() throws IOException {
		StreamReader reader = fed(DATA);
		assertThat(reader.read(0)).isEmpty();
		assertRest(reader, DATA);
	}

	@Test
	void read() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readAsync(30));
		feed.feedData(DATA);
		assertThat(read.join()).isEqualTo(DATA);
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readLineBreaks() throws IOException {
		StreamReader reader = fed("line1", "line2");
		assertThat(reader.read(5)).isEqualTo(bytes("line1"));
		assertRest(reader, "line2");
	}

	@Test
	void readEof() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readAsync(1024));
		feed.feedEof();
		assertThat(read.join()).isEmpty();
	}

	@Test
	void readUntilEof() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readAsync(-1));
		feed.feedData(bytes("chunk1\n"));
		feed.feedData(bytes("chunk2"));
		assertThat(read).isNotDone();
		feed.feedEof();
		assertThat(read.join()).isEqualTo(bytes("chunk1\nchunk2"));
		assertThat(reader.buffered()).isZero();
	}

	/**
	 * CPython raises at once; here the rest of the line is given out first.
	 */
	@Test
	void readException() throws IOException {
		ReaderFeed feed = feedOf("line\n");
		StreamReader reader = feed.reader();
		assertThat(reader.read(2)).isEqualTo(bytes("li"));
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThat(reader.read(9)).isEqualTo(bytes("ne\n"));
		assertThatIOException().isThrownBy(() -> reader.read(2)).havingCause().isSameAs(failure);
	}

	@Test
	void invalidLimit() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamReader(0)).withMessageContaining("imit");
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamReader(-1)).withMessageContaining("imit");
	}

	@Test
	void readLimit() throws IOException {
		StreamReader reader = fed(3, "chunk");
		assertThat(reader.read(5)).isEqualTo(bytes("chunk"));
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readline() throws IOException {
		ReaderFeed feed = feedOf("chunk1 ");
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> line = pending(reader.readLineAsync());
		feed.feedData(bytes("chunk2 "));
		feed.feedData(bytes("chunk3 "));
		feed.feedData(bytes("\n chunk4"));
		assertThat(line.join()).isEqualTo(bytes("chunk1 chunk2 chunk3 \n"));
		assertRest(reader, " chunk4");
	}

	@Test
	void readlineLimitWithExistingData() throws IOException {
		StreamReader withEnd = fed(3, "li", "ne1\nline2\n");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(withEnd::readLine);
		assertRest(withEnd, "line2\n");
		StreamReader withoutEnd = fed(3, "li", "ne1", "li");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(withoutEnd::readLine);
		assertThat(withoutEnd.buffered()).isZero();
	}

	@Test
	void atEof() throws IOException {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		assertThat(reader.atEof()).isFalse();
		feed.feedData(bytes("some data\n"));
		assertThat(reader.atEof()).isFalse();
		reader.readLine();
		assertThat(reader.atEof()).isFalse();
		feed.feedData(bytes("some data\n"));
		feed.feedEof();
		assertThat(reader.atEof()).isFalse();
		reader.readLine();
		assertThat(reader.atEof()).isTrue();
	}

	@Test
	void readlineLimit() throws IOException {
		StreamReader longLine = fed(7, "chunk1", "chunk2", "chunk3\n");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(longLine::readLine);
		assertThat(longLine.buffered()).isZero();
		StreamReader longLineAndMore = fed(7, "chunk1", "chunk2\n", "chunk3\n");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(longLineAndMore::readLine);
		assertRest(longLineAndMore, "chunk3\n");
		ReaderFeed waitedForFeed = ReaderFeed.create(7);
		StreamReader waitedFor = waitedForFeed.reader();
		CompletableFuture<byte[]> line = pending(waitedFor.readLineAsync());
		waitedForFeed.feedData(bytes("chunk1"));
		waitedForFeed.feedData(bytes("chunk2\n"));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(line::join)
			.withCauseInstanceOf(LimitOverrunException.class);
		assertThat(waitedFor.buffered()).isZero();
		ReaderFeed strictFeed = feedOf(7, "1234567\n");
		StreamReader strict = strictFeed.reader();
		assertThat(strict.readLine()).isEqualTo(bytes("1234567\n"));
		strictFeed.feedData(bytes("12345678\n"));
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(strict::readLine);
		assertThat(strict.buffered()).isZero();
		strictFeed.feedData(bytes("12345678"));
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(strict::readLine);
		assertThat(strict.buffered()).isZero();
	}

	@Test
	void readlineNolimitNowait() throws IOException {
		StreamReader reader = fed("line1\n", "line2\nline3\n");
		assertThat(reader.readLine()).isEqualTo(bytes("line1\n"));
		assertRest(reader, "line2\nline3\n");
	}

	@Test
	void readlineEof() throws IOException {
		StreamReader reader = ended("some data");
		assertThat(reader.readLine()).isEqualTo(bytes("some data"));
	}

	@Test
	void readlineEmptyEof() throws IOException {
		assertThat(ended("").readLine()).isEmpty();
	}

	@Test
	void readlineReadByteCount() throws IOException {
		StreamReader reader = fed(DATA);
		reader.readLine();
		assertThat(reader.read(7)).isEqualTo(bytes("line2\nl"));
		assertRest(reader, "ine3\n");
	}

	@Test
	void readlineException() throws IOException {
		ReaderFeed feed = feedOf("line\n");
		StreamReader reader = feed.reader();
		assertThat(reader.readLine()).isEqualTo(bytes("line\n"));
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThatIOException().isThrownBy(reader::readLine).havingCause().isSameAs(failure);
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readuntilSeparator() {
		StreamReader reader = new StreamReader();
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readUntil(new byte[0]))
			.withMessageContaining("Separator should be");
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readUntil(List.of(new byte[0])))
			.withMessageContaining("Separator should be");
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readUntil(List.of()))
			.withMessageContaining("Separator should contain");
	}

	@Test
	void readuntilMultiChunks() throws IOException {
		ReaderFeed feed = feedOf("lineAAA");
		StreamReader reader = feed.reader();
		assertThat(reader.readUntil(bytes("AAA"))).isEqualTo(bytes("lineAAA"));
		assertThat(reader.buffered()).isZero();
		feed.feedData(bytes("lineAAAxxx"));
		assertThat(reader.readUntil(bytes("AAA"))).isEqualTo(bytes("lineAAA"));
		assertRest(reader, "xxx");
	}

	@Test
	void readuntilMultiChunks1() throws IOException {
		assertOneChunk("QWEaaXYaaa", "QWEaa", "XYaa", "a");
		assertOneChunk("QWEaaXYaaa", "QWEaa", "XYa", "aa");
		assertOneChunk("aaa", "aaa");
		assertOneChunk("Xaaa", "Xaaa");
		assertOneChunk("XXXaaa", "XXX", "a", "a", "a");
	}

	@Test
	void readuntilEof() {
		StreamReader reader = ended("some dataAA");
		assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> reader.readUntil(bytes("AAA")))
			.withMessageContaining("undefined expected bytes")
			.satisfies((ex) -> {
				assertThat(ex.partial()).isEqualTo(bytes("some dataAA"));
				assertThat(ex.expected()).isEmpty();
			});
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readuntilLimitFoundSep() throws IOException {
		ReaderFeed feed = feedOf(3, "some dataAA");
		StreamReader reader = feed.reader();
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> reader.readUntil(bytes("AAA")))
			.withMessageContaining("not found");
		assertThat(reader.buffered()).isEqualTo(11);
		feed.feedData(bytes("A"));
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> reader.readUntil(bytes("AAA")))
			.withMessageContaining("is found")
			.satisfies((ex) -> assertThat(ex.consumed()).isEqualTo(9));
		assertRest(reader, "some dataAAA");
	}

	@Test
	void readuntilMultiSeparator() throws IOException {
		ReaderFeed feed = feedOf("line 1\nline 2\r");
		StreamReader reader = feed.reader();
		List<byte[]> ends = List.of(bytes("\r"), bytes("\n"));
		assertThat(reader.readUntil(ends)).isEqualTo(bytes("line 1\n"));
		assertThat(reader.readUntil(ends)).isEqualTo(bytes("line 2\r"));
		assertThat(reader.buffered()).isZero();
		// The separator that ends first counts, even if it is the longer one.
		feed.feedData(bytes("ABCDEFG"));
		assertThat(reader.readUntil(List.of(bytes("DEF"), bytes("BCDE")))).isEqualTo(bytes("ABCDE"));
		assertRest(reader, "FG");
	}

	@Test
	void readuntilMultiSeparatorLimit() throws IOException {
		StreamReader reader = fed(3, "some dataA");
		assertThatExceptionOfType(LimitOverrunException.class)
			.isThrownBy(() -> reader.readUntil(List.of(bytes("A"), bytes("ome dataA"))))
			.withMessageContaining("is found");
		assertRest(reader, "some dataA");
	}

	/**
	 * The buffer is long enough for the short separator and too short for the long one.
	 */
	@Test
	void readuntilMultiSeparatorNegativeOffset() throws IOException {
		ReaderFeed feed = feedOf("data");
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readUntilAsync(List.of(bytes("A"), bytes("long sep"))));
		feed.feedData(bytes("Z"));
		feed.feedData(bytes("Aaaa"));
		assertThat(read.join()).isEqualTo(bytes("dataZA"));
		assertRest(reader, "aaa");
	}

	/**
	 * A separator that its caller changes while the read waits, as a bytearray can be.
	 */
	@Test
	void readuntilBytearray() {
		ReaderFeed feed = feedOf("some data\r");
		StreamReader reader = feed.reader();
		byte[] separator = bytes("\r\n");
		CompletableFuture<byte[]> read = pending(reader.readUntilAsync(separator));
		separator[0] = 'x';
		feed.feedData(bytes("\n"));
		assertThat(read.join()).isEqualTo(bytes("some data\r\n"));
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readexactlyZeroOrLess() throws IOException {
		StreamReader reader = fed(DATA);
		assertThat(reader.readExactly(0)).isEmpty();
		assertThat(reader.buffered()).isEqualTo(DATA.length);
		assertThatIllegalArgumentException().isThrownBy(() -> reader.readExactly(-1))
			.withMessageContaining("less than zero");
		assertRest(reader, DATA);
	}

	@Test
	void readexactly() throws IOException {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readExactlyAsync(2 * DATA.length));
		feed.feedData(DATA);
		assertThat(read).isNotDone();
		feed.feedData(DATA);
		feed.feedData(DATA);
		assertThat(read.join()).isEqualTo(bytes(text(DATA).repeat(2)));
		assertRest(reader, DATA);
	}

	@Test
	void readexactlyLimit() throws IOException {
		StreamReader reader = fed(3, "chunk");
		assertThat(reader.readExactly(5)).isEqualTo(bytes("chunk"));
		assertThat(reader.buffered()).isZero();
	}

	@Test
	void readexactlyEof() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readExactlyAsync(36));
		feed.feedData(DATA);
		feed.feedEof();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(read::join)
			.havingCause()
			.isInstanceOf(IncompleteReadException.class)
			.withMessage("18 bytes read on a total of 36 expected bytes")
			.asInstanceOf(InstanceOfAssertFactories.type(IncompleteReadException.class))
			.satisfies((ex) -> {
				assertThat(ex.partial()).isEqualTo(DATA);
				assertThat(ex.expected()).hasValue(36);
			});
		assertThat(reader.buffered()).isZero();
	}

	/** CPython raises at once; here three bytes are still there to be read. */
	@Test
	void readexactlyException() throws IOException {
		ReaderFeed feed = feedOf("line\n");
		StreamReader reader = feed.reader();
		assertThat(reader.readExactly(2)).isEqualTo(bytes("li"));
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThatIOException().isThrownBy(() -> reader.readExactly(4)).havingCause().isSameAs(failure);
		assertThat(reader.readExactly(3)).isEqualTo(bytes("ne\n"));
		assertThatIOException().isThrownBy(() -> reader.readExactly(2)).havingCause().isSameAs(failure);
	}

	@Test
	void exception() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		assertThat(reader.exception()).isNull();
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThat(reader.exception()).isSameAs(failure);
	}

	@Test
	void exceptionWaiter() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> line = pending(reader.readLineAsync());
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(line::join)
			.havingCause()
			.satisfies((copy) -> assertThat(copy.getCause()).isSameAs(failure));
	}

	@Test
	void exceptionCancel() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> line = pending(reader.readLineAsync());
		line.cancel(true);
		feed.setException(new ConnectionLostException("gone"));
		assertThat(line).isCancelled();
		assertThat(reader.toString()).doesNotContain("waiting");
	}

	@Test
	void startServer() throws Exception {
		ServerOptions options = serverOptions();
		echoOneLine(Streams.startServer(echo(), "127.0.0.1", 0, options));
		echoOneLine(Streams.startAsyncServer(asyncEcho(), "127.0.0.1", 0, options));
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void startUnixServer() throws Exception {
		Path path = this.directory.resolve("echo");
		try (StreamServer server = Streams.startUnixServer(echo(), path, serverOptions())) {
			assertThat(askOneLine(Streams.openUnixConnection(path))).isEqualTo("hello world!\n");
			server.close();
			server.waitClosed();
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void startTls() throws Exception {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context()).serverHostname("localhost").build();
		ConnectionHandler handler = (reader, writer) -> {
			writer.write(reader.readLine());
			writer.drain();
			assertThat(writer.connection().info().get(TransportInfo.TLS_SESSION)).isNull();
			writer.startTls(tls);
			assertThat(writer.connection().info().get(TransportInfo.TLS_SESSION)).isNotNull();
			writer.write(reader.readLine());
			writer.drain();
		};
		try (StreamServer server = Streams.startServer(handler, "127.0.0.1", 0, serverOptions());
				StreamConnection client = Streams.openConnection("127.0.0.1", server.port(), connectOptions())) {
			client.writer().write(bytes("hello world 1!\n"));
			assertThat(client.reader().readLine()).isEqualTo(bytes("hello world 1!\n"));
			assertThat(client.info().get(TransportInfo.TLS_SESSION)).isNull();
			client.writer().startTls(tls);
			assertThat(client.info().get(TransportInfo.TLS_SESSION)).isNotNull();
			client.writer().write(bytes("hello world 2!\n"));
			assertThat(client.reader().readLine()).isEqualTo(bytes("hello world 2!\n"));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	/** The client's first TLS record is in the server's reader before the upgrade. */
	@Test
	void startTlsBufferedData() throws Exception {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context()).serverHostname("localhost").build();
		ConnectionHandler handler = (reader, writer) -> {
			assertThat(reader.readLine()).isEqualTo(bytes("in plain\n"));
			await().until(() -> reader.buffered() > 0);
			writer.startTls(tls);
			writer.write(reader.readLine());
			writer.drain();
		};
		try (StreamServer server = Streams.startServer(handler, "127.0.0.1", 0, serverOptions());
				StreamConnection client = Streams.openConnection("127.0.0.1", server.port(), connectOptions())) {
			client.writer().write(bytes("in plain\n"));
			client.writer().startTls(tls);
			client.writer().write(bytes("in secret\n"));
			assertThat(client.reader().readLine()).isEqualTo(bytes("in secret\n"));
		}
		assertThat(this.failures.all()).isEmpty();
	}

	/**
	 * There are no pipe transports here; what the test is about is a source that is
	 * longer than twice the limit, read to its end.
	 */
	@Test
	void readAllFromPipeReader() throws IOException {
		StreamReader reader = new StreamReader(1);
		MemoryEnd[] pipe = MemoryEnd.pair(1);
		Transport writer = pipe[0]
			.open(new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
			}));
		pipe[1].open(new StreamReaderProtocol(reader, StreamListener.NONE, (connection) -> {
		}));
		writer.write(bytes("data"), 0, 4);
		writer.close();
		assertThat(reader.read(-1)).isEqualTo(bytes("data"));
	}

	@Test
	void multipleDrain() {
		FlowControl flow = new FlowControl(Runnable::run);
		flow.pauseWriting();
		List<CompletableFuture<@Nullable Void>> drains = IntStream.range(0, 10)
			.mapToObj((i) -> flow.whenResumed())
			.toList();
		assertThat(drains).noneMatch(CompletableFuture::isDone);
		flow.resumeWriting();
		assertThat(drains).allMatch((drain) -> drain.isDone() && !drain.isCompletedExceptionally());
	}

	@Test
	void drainRaises() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Void> accepted = CompletableFuture.runAsync(() -> acceptAndClose(server));
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.getLocalPort(), connectOptions());
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> {
				while (true) {
					connection.writer().write(bytes("foo\n"));
					connection.writer().drain();
				}
			});
			accepted.get(10, TimeUnit.SECONDS);
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void repr() {
		assertThat(new StreamReader()).hasToString("StreamReader[0 bytes]");
	}

	@Test
	void reprNondefaultLimit() {
		assertThat(new StreamReader(123)).hasToString("StreamReader[0 bytes, limit=123]");
	}

	@Test
	void reprEof() {
		assertThat(ended("")).hasToString("StreamReader[0 bytes, eof]");
	}

	@Test
	void reprData() {
		assertThat(fed("data")).hasToString("StreamReader[4 bytes]");
	}

	@Test
	void reprException() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		ConnectionLostException failure = new ConnectionLostException("gone");
		feed.setException(failure);
		assertThat(reader).hasToString("StreamReader[0 bytes, exception=" + failure + "]");
	}

	@Test
	void reprWaiter() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> read = pending(reader.readExactlyAsync(1));
		assertThat(reader).hasToString("StreamReader[0 bytes, waiting in readExactly]");
		feed.feedData(bytes("x"));
		assertThat(read).isDone();
		assertThat(reader).hasToString("StreamReader[0 bytes]");
	}

	@Test
	void reprTransport() {
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		Transport transport = MemoryEnd.pair(1)[0]
			.open(new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
			}));
		feed.setTransport(transport);
		assertThat(reader).hasToString("StreamReader[0 bytes, transport=" + transport + "]");
	}

	@Test
	void incompleteReadErrorPickleable() {
		IncompleteReadException failure = new IncompleteReadException(bytes("abc"), 10L);
		IncompleteReadException copy = serialized(failure);
		assertThat(copy).hasMessage(failure.getMessage());
		assertThat(copy.partial()).isEqualTo(bytes("abc"));
		assertThat(copy.expected()).hasValue(10);
	}

	@Test
	void limitOverrunErrorPickleable() {
		LimitOverrunException copy = serialized(new LimitOverrunException("message", 10));
		assertThat(copy).hasMessage("message");
		assertThat(copy.consumed()).isEqualTo(10);
	}

	@Test
	void waitClosedOnClose() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.port());
			StreamWriter writer = connection.writer();
			writer.write(TestHttpServer.REQUEST);
			assertThat(connection.reader().readLine()).isEqualTo(TestHttpServer.STATUS_LINE);
			assertThat(text(connection.reader().read())).endsWith(TestHttpServer.END);
			assertThat(writer.isClosing()).isFalse();
			writer.close();
			assertThat(writer.isClosing()).isTrue();
			writer.waitClosed();
			assertThat(connection.isClosed()).isTrue();
		}
	}

	@Test
	void waitClosedOnCloseWithUnreadData() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.port());
			connection.writer().write(TestHttpServer.REQUEST);
			assertThat(connection.reader().readLine()).isEqualTo(TestHttpServer.STATUS_LINE);
			connection.writer().close();
			connection.writer().waitClosed();
			assertThat(connection.isClosed()).isTrue();
		}
	}

	@Test
	void asyncWriterApi() throws Exception {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			StreamConnection connection = Streams.openConnectionAsync("127.0.0.1", server.port(), connectOptions())
				.get(10, TimeUnit.SECONDS);
			connection.writer().write(TestHttpServer.REQUEST);
			CompletableFuture<byte[]> rest = connection.writer()
				.drainAsync()
				.thenCompose((drained) -> connection.reader().readLineAsync())
				.thenCompose((line) -> connection.reader().readAsync());
			assertThat(text(rest.get(10, TimeUnit.SECONDS))).endsWith(TestHttpServer.END);
			connection.writer().close();
			connection.writer().waitClosedAsync().get(10, TimeUnit.SECONDS);
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void asyncWriterApiExceptionAfterClose() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.port(), connectOptions());
			connection.writer().write(TestHttpServer.REQUEST);
			connection.reader().readLine();
			assertThat(text(connection.reader().read())).endsWith(TestHttpServer.END);
			connection.writer().close();
			assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> {
				connection.writer().write(bytes("data"));
				connection.writer().drain();
			});
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void eofFeedWhenClosingWriter() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.port(), connectOptions());
			connection.writer().close();
			connection.writer().waitClosed();
			assertThat(connection.reader().atEof()).isTrue();
			assertThat(connection.reader().read()).isEmpty();
		}
		assertThat(this.failures.all()).isEmpty();
	}

	/**
	 * Whoever closes the loops takes the connections along; closing a writer after that
	 * does no harm.
	 */
	@Test
	void loopIsClosedResourceWarnings() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			NioTransportFactory loops = NioTransportFactory.create(TestLoops.of(1, LoopThreads.PLATFORM));
			ConnectOptions options = ConnectOptions.builder().listener(this.failures).transports(loops).build();
			StreamConnection connection = Streams.openConnection("127.0.0.1", server.port(), options);
			connection.writer().write(TestHttpServer.REQUEST);
			assertThat(text(connection.reader().read())).endsWith(TestHttpServer.END);
			loops.close();
			assertThat(connection.isClosed()).isTrue();
			connection.writer().close();
			connection.writer().waitClosed();
		}
		assertThat(this.failures.all()).isEmpty();
	}

	/** Found by the garbage collector, as there is nobody who counts references. */
	@Test
	void unclosedResourceWarnings() throws IOException {
		try (TestHttpServer server = TestHttpServer.onTcp()) {
			fetchAndForget(server.port());
			await().until(() -> {
				System.gc();
				return this.failures.all().size() == 1;
			});
			assertThat(this.failures.all().getFirst()).startsWith("connection left open");
		}
	}

	private void fetchAndForget(int port) throws IOException {
		StreamConnection connection = Streams.openConnection("127.0.0.1", port, connectOptions());
		connection.writer().write(TestHttpServer.REQUEST);
		assertThat(text(connection.reader().readLine())).isEqualTo("HTTP/1.0 200 OK\r\n");
		assertThat(text(connection.reader().read())).endsWith(TestHttpServer.END);
	}

	/** A handler that returns is done: here there is nothing left to warn of. */
	@Test
	void unclosedServerResourceWarnings() throws Exception {
		ConnectionHandler forgetful = (reader, writer) -> {
		};
		try (StreamServer server = Streams.startServer(forgetful, "127.0.0.1", 0, serverOptions())) {
			try (StreamConnection client = Streams.openConnection("127.0.0.1", server.port())) {
				assertThat(client.reader().read()).isEmpty();
			}
			server.close();
			server.waitClosed();
		}
		assertThat(this.failures.all()).isEmpty();
	}

	@Test
	void unhandledException() throws Exception {
		sendToServer((reader, writer) -> {
			throw new IOException("test");
		});
		assertThat(this.failures.all()).containsExactly("Unhandled exception in the handler: test");
		assertThat(this.failures.outcomes()).containsExactly(HandlerOutcome.FAILED);
	}

	@Test
	void unhandledCancel() throws Exception {
		sendToServer((reader, writer) -> {
			writer.close();
			Thread.currentThread().interrupt();
			new CountDownLatch(1).await();
		});
		assertThat(this.failures.all()).isEmpty();
		assertThat(this.failures.outcomes()).containsExactly(HandlerOutcome.INTERRUPTED);
	}

	private void sendToServer(ConnectionHandler handler) throws Exception {
		try (StreamServer server = Streams.startServer(handler, "localhost", 0, serverOptions())) {
			server.startServing();
			StreamConnection client = Streams.openConnection("localhost", server.port());
			client.writer().write(bytes("test msg"));
			client.writer().flush();
			client.writer().close();
			client.writer().waitClosedAsync().handle((nothing, failure) -> nothing).get(10, TimeUnit.SECONDS);
			await().until(() -> !this.failures.outcomes().isEmpty());
			server.close();
			server.waitClosed();
		}
	}

	private void fetch(StreamConnection connection) throws IOException {
		connection.writer().write(TestHttpServer.REQUEST);
		assertThat(connection.reader().readLine()).isEqualTo(TestHttpServer.STATUS_LINE);
		assertThat(text(connection.reader().read())).endsWith(TestHttpServer.END);
		connection.writer().close();
	}

	private static void readAfterLoss(StreamConnection connection) {
		ConnectionLostException failure = new ConnectionLostException("gone");
		connection.writer().transport().protocol().connectionLost(failure);
		assertThatIOException().isThrownBy(() -> connection.reader().read()).havingCause().isSameAs(failure);
		connection.writer().close();
	}

	/** A server of this library's, where the JDK alone cannot be one. */
	private static ConnectionHandler page() {
		return (reader, writer) -> {
			reader.readUntil(bytes("\r\n\r\n"));
			writer.write(TestHttpServer.STATUS_LINE);
			writer.write(bytes("Content-Type: text/plain" + TestHttpServer.END));
		};
	}

	private static ConnectionHandler echo() {
		return (reader, writer) -> {
			writer.write(reader.readLine());
			writer.drain();
			writer.close();
			writer.waitClosed();
		};
	}

	private static AsyncConnectionHandler asyncEcho() {
		return (reader, writer) -> reader.readLineAsync().thenCompose((line) -> {
			writer.write(line);
			return writer.drainAsync();
		}).thenCompose((drained) -> {
			writer.close();
			return writer.waitClosedAsync();
		});
	}

	private static void echoOneLine(StreamServer server) throws Exception {
		try (server) {
			assertThat(askOneLine(Streams.openConnection("127.0.0.1", server.port()))).isEqualTo("hello world!\n");
			server.close();
			server.waitClosed();
		}
	}

	private static String askOneLine(StreamConnection connection) throws IOException {
		connection.writer().write(bytes("hello world!\n"));
		String answer = text(connection.reader().readLine());
		connection.writer().close();
		connection.writer().waitClosed();
		return answer;
	}

	private static void acceptAndClose(ServerSocket server) {
		try {
			server.accept().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ConnectOptions connectOptions() {
		return ConnectOptions.builder().listener(this.failures).build();
	}

	private ServerOptions serverOptions() {
		return ServerOptions.builder().listener(this.failures).build();
	}

	private static void assertOneChunk(String expected, String... pieces) throws IOException {
		StreamReader reader = fed(pieces);
		assertThat(reader.readUntil(bytes("aaa"))).isEqualTo(bytes(expected));
		assertThat(reader.buffered()).isZero();
	}

	private static void assertRest(StreamReader reader, String expected) throws IOException {
		assertRest(reader, bytes(expected));
	}

	private static void assertRest(StreamReader reader, byte[] expected) throws IOException {
		assertThat(reader.buffered()).isEqualTo(expected.length);
		assertThat(reader.read(Integer.MAX_VALUE)).isEqualTo(expected);
	}

	private static <T> CompletableFuture<T> pending(CompletableFuture<T> future) {
		assertThat(future).isNotDone();
		return future;
	}

	private static StreamReader fed(byte[] data) {
		return feedOf(data).reader();
	}

	private static StreamReader fed(String... pieces) {
		return feedOf(pieces).reader();
	}

	private static StreamReader fed(int limit, String... pieces) {
		return feedOf(limit, pieces).reader();
	}

	private static ReaderFeed feedOf(byte[] data) {
		ReaderFeed feed = ReaderFeed.create();
		feed.feedData(data);
		return feed;
	}

	private static ReaderFeed feedOf(String... pieces) {
		return feedOf(64 * 1024, pieces);
	}

	private static ReaderFeed feedOf(int limit, String... pieces) {
		ReaderFeed feed = ReaderFeed.create(limit);
		for (String piece : pieces) {
			feed.feedData(bytes(piece));
		}
		return feed;
	}

	private static StreamReader ended(String data) {
		ReaderFeed feed = feedOf(data);
		StreamReader reader = feed.reader();
		feed.feedEof();
		return reader;
	}

	@SuppressWarnings("unchecked")
	private static <T extends Serializable> T serialized(T object) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(object);
			out.flush();
			return (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
		}
		catch (IOException | ClassNotFoundException ex) {
			throw new AssertionError(ex);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/** What asyncio's exception handler would have been told. */
	private static final class Failures implements StreamListener {

		private final List<String> all = new CopyOnWriteArrayList<>();

		private final List<HandlerOutcome> outcomes = new CopyOnWriteArrayList<>();

		@Override
		public void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
			this.all.add(what + ": " + cause.getMessage());
		}

		@Override
		public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
				@Nullable Throwable failure) {
			this.outcomes.add(outcome);
		}

		List<String> all() {
			return this.all;
		}

		List<HandlerOutcome> outcomes() {
			return this.outcomes;
		}

	}

}
