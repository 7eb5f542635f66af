package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import io.streams.transport.Acceptor;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Which of several addresses is tried when, and what becomes of the others; over
 * transports that answer, refuse or keep silent as each test wants.
 */
@Timeout(10)
class ConnectorTests {

	private static final Duration MOMENT = Duration.ofMillis(20);

	/** Longer than any test takes. */
	private static final Duration AGES = Duration.ofMinutes(5);

	private final ScriptedTransports transports = new ScriptedTransports();

	@Test
	void addressesAreTriedInTheirOrderUntilOneAnswers() throws Exception {
		this.transports.refuse("10.0.0.1").refuse("10.0.0.2").answer("10.0.0.3").answer("10.0.0.4");
		assertThat(connected(connect("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"))).isEqualTo("10.0.0.3");
		assertThat(this.transports.tried()).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
	}

	@Test
	void withoutADelayOneThatKeepsSilentIsWaitedFor() {
		CompletableFuture<ConnectionCore> connecting = connect("10.0.0.1", "10.0.0.2");
		await().during(5 * MOMENT.toMillis(), TimeUnit.MILLISECONDS).until(() -> !connecting.isDone());
		assertThat(this.transports.tried()).containsExactly("10.0.0.1");
		connecting.cancel(false);
	}

	@Test
	void withADelayTheNextIsTriedWhileTheFirstKeepsSilent() throws Exception {
		this.transports.answer("10.0.0.3");
		CompletableFuture<ConnectionCore> connecting = connect((options) -> options.happyEyeballsDelay(MOMENT),
				"10.0.0.1", "10.0.0.2", "10.0.0.3");
		assertThat(connected(connecting)).isEqualTo("10.0.0.3");
		assertThat(this.transports.tried()).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
		assertThat(this.transports.givenUp()).as("what goes on is cancelled, which frees its descriptor")
			.containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
	}

	@Test
	void theFirstMayStillWinWhileTheNextIsTried() throws Exception {
		CompletableFuture<ConnectionCore> connecting = connect((options) -> options.happyEyeballsDelay(MOMENT),
				"10.0.0.1", "10.0.0.2");
		await().until(() -> this.transports.tried().contains("10.0.0.2"));
		this.transports.answerNow("10.0.0.1");
		assertThat(connected(connecting)).isEqualTo("10.0.0.1");
		assertThat(this.transports.givenUp()).containsExactly("10.0.0.2");
	}

	/** RFC 8305, section 5: a failure does not wait for the delay. */
	@Test
	void afterAFailureTheNextIsTriedAtOnce() throws Exception {
		this.transports.refuse("10.0.0.1").answer("10.0.0.2");
		CompletableFuture<ConnectionCore> connecting = connect((options) -> options.happyEyeballsDelay(AGES),
				"10.0.0.1", "10.0.0.2");
		assertThat(connected(connecting)).isEqualTo("10.0.0.2");
	}

	/** Such as a want of memory for another event loop. */
	@Test
	void anErrorIsToldWhereverItHappens() {
		this.transports.refuse("10.0.0.1").breakDown("10.0.0.2");
		CompletableFuture<ConnectionCore> connecting = connect((options) -> options, "10.0.0.1", "10.0.0.2");
		assertThat(connecting).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(AssertionError.class);
	}

	@Test
	void nobodyIsTriedAnyMoreAfterACancel() {
		CompletableFuture<ConnectionCore> connecting = connect((options) -> options.happyEyeballsDelay(MOMENT),
				"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8");
		await().until(() -> this.transports.tried().size() >= 2);
		connecting.cancel(false);
		assertThat(this.transports.givenUp()).contains("10.0.0.1", "10.0.0.2");
		int tried = this.transports.tried().size();
		await().during(5 * MOMENT.toMillis(), TimeUnit.MILLISECONDS)
			.until(() -> this.transports.tried().size() == tried);
	}

	/** As CPython's {@code _interleave_addrinfos} arranges them. */
	@ParameterizedTest
	@CsvSource({ "0, 'fd00::1 fd00::2 fd00::3 10.0.0.1 10.0.0.2'", "1, 'fd00::1 10.0.0.1 fd00::2 10.0.0.2 fd00::3'",
			"2, 'fd00::1 fd00::2 10.0.0.1 fd00::3 10.0.0.2'", "9, 'fd00::1 fd00::2 fd00::3 10.0.0.1 10.0.0.2'" })
	void familiesAreInterleaved(int interleave, String order) {
		String[] addresses = { "fd00::1", "fd00::2", "fd00::3", "10.0.0.1", "10.0.0.2" };
		for (String address : addresses) {
			this.transports.refuse(address);
		}
		assertThat(connect((options) -> options.interleave(interleave), addresses)).isCompletedExceptionally();
		assertThat(this.transports.tried()).containsExactly(order.split(" "));
	}

	@Test
	void aDelayInterleavesUnlessItIsSaidNotTo() {
		this.transports.refuse("fd00::1").refuse("fd00::2").refuse("10.0.0.1");
		assertThat(connect((options) -> options.happyEyeballsDelay(AGES), "fd00::1", "fd00::2", "10.0.0.1"))
			.isCompletedExceptionally();
		assertThat(this.transports.tried()).containsExactly("fd00::1", "10.0.0.1", "fd00::2");
		this.transports.forget();
		assertThat(
				connect((options) -> options.happyEyeballsDelay(AGES).interleave(0), "fd00::1", "fd00::2", "10.0.0.1"))
			.isCompletedExceptionally();
		assertThat(this.transports.tried()).containsExactly("fd00::1", "fd00::2", "10.0.0.1");
	}

	@Test
	void aLocalAddressLeavesItsFamilyOnly() throws Exception {
		this.transports.answer("fd00::1").answer("10.0.0.1");
		CompletableFuture<ConnectionCore> connecting = connect(
				(options) -> options.localAddress(new InetSocketAddress("127.0.0.1", 0)), "fd00::1", "10.0.0.1");
		assertThat(connected(connecting)).isEqualTo("10.0.0.1");
		assertThat(this.transports.tried()).containsExactly("10.0.0.1");
		assertThat(failure(connect((options) -> options.localAddress(new InetSocketAddress("127.0.0.1", 0)), "fd00::1"))
			.getMessage()).contains("local address", "give a local address of one of theirs");
	}

	@Test
	void theOnlyFailureIsItself() {
		this.transports.refuse("10.0.0.1");
		assertThat(failure(connect("10.0.0.1"))).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("10.0.0.1")
			.hasMessageContaining("Connection refused")
			.hasNoSuppressedExceptions();
	}

	@Test
	void severalFailuresAreToldTogether() {
		this.transports.refuse("10.0.0.1").refuse("10.0.0.2");
		assertThat(failure(connect("10.0.0.1", "10.0.0.2"))).isInstanceOf(ConnectFailedException.class)
			.hasMessageStartingWith("Multiple exceptions: ")
			.hasMessageContaining("10.0.0.1")
			.hasMessageContaining("10.0.0.2")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(2));
	}

	@Test
	void failuresThatSayTheSameAreToldOnce() {
		this.transports.fail("10.0.0.1", new IOException("no route")).fail("10.0.0.2", new IOException("no route"));
		assertThat(failure(connect("10.0.0.1", "10.0.0.2"))).hasMessage("no route").hasNoSuppressedExceptions();
	}

	@Test
	void allErrorsAreToldIfAskedFor() {
		this.transports.fail("10.0.0.1", new IOException("no route")).fail("10.0.0.2", new IOException("no route"));
		assertThat(failure(connect((options) -> options.allErrors(true), "10.0.0.1", "10.0.0.2")).getSuppressed())
			.extracting(Throwable::getMessage)
			.containsExactly("no route", "no route");
		assertThat(failure(connect((options) -> options.allErrors(true), "10.0.0.1")).getSuppressed()).hasSize(1);
	}

	private CompletableFuture<ConnectionCore> connect(String... addresses) {
		return connect(UnaryOperator.identity(), addresses);
	}

	private CompletableFuture<ConnectionCore> connect(UnaryOperator<ConnectOptions.Builder> options,
			String... addresses) {
		List<SocketAddress> resolved = Arrays.stream(addresses).map(ConnectorTests::address).toList();
		return Connector.connect(this.transports, resolved, options.apply(ConnectOptions.builder()).build());
	}

	private static SocketAddress address(String host) {
		try {
			return new InetSocketAddress(InetAddress.getByName(host), 1000);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(ex);
		}
	}

	private String connected(CompletableFuture<ConnectionCore> connecting) throws Exception {
		Transport transport = connecting.get(5, TimeUnit.SECONDS).transport();
		return this.transports.hostOf(transport);
	}

	private static Throwable failure(CompletableFuture<ConnectionCore> connecting) {
		try {
			throw new AssertionError("connected: " + connecting.get(5, TimeUnit.SECONDS));
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Transports that answer or fail as they are told to, and keep silent if not. */
	private static final class ScriptedTransports implements TransportFactory {

		private final Map<String, IOException> failing = new ConcurrentHashMap<>();

		private final List<String> answering = new CopyOnWriteArrayList<>();

		private final List<String> broken = new ArrayList<>();

		private final List<Attempt> attempts = new CopyOnWriteArrayList<>();

		ScriptedTransports refuse(String host) {
			return fail(host, new ConnectFailedException(address(host), "Connection refused", null));
		}

		ScriptedTransports fail(String host, IOException failure) {
			this.failing.put(host, failure);
			return this;
		}

		ScriptedTransports breakDown(String host) {
			this.broken.add(host);
			return this;
		}

		ScriptedTransports answer(String host) {
			this.answering.add(host);
			return this;
		}

		void answerNow(String host) {
			this.attempts.stream().filter((attempt) -> attempt.host().equals(host)).forEach(Attempt::answer);
		}

		void forget() {
			this.attempts.clear();
		}

		List<String> tried() {
			return this.attempts.stream().map(Attempt::host).toList();
		}

		List<String> givenUp() {
			return this.attempts.stream()
				.filter((attempt) -> attempt.outcome().isCancelled())
				.map(Attempt::host)
				.toList();
		}

		String hostOf(Transport transport) {
			return this.attempts.stream()
				.filter((attempt) -> attempt.transport() == transport)
				.map(Attempt::host)
				.findFirst()
				.orElseThrow();
		}

		@Override
		public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options,
				Protocol protocol) {
			String host = ((InetSocketAddress) address).getAddress().getHostAddress().replace(":0:0:0:0:0:0:", "::");
			Attempt attempt = new Attempt(host, protocol, new RecordingTransport(), new CompletableFuture<>());
			this.attempts.add(attempt);
			if (this.broken.contains(host)) {
				throw new AssertionError("as a want of memory would");
			}
			if (this.failing.containsKey(host)) {
				attempt.outcome().completeExceptionally(this.failing.get(host));
			}
			else if (this.answering.contains(host)) {
				attempt.answer();
			}
			return attempt.outcome();
		}

		@Override
		public ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor) {
			throw new UnsupportedOperationException();
		}

		@Override
		public ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions options, Acceptor acceptor) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions options, Protocol protocol) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<LoopStatistics> loops() {
			return new ArrayList<>();
		}

		@Override
		public boolean inEventLoop() {
			return false;
		}

		@Override
		public void close() {
		}

	}

	/** One attempt to connect. */
	private record Attempt(String host, Protocol protocol, RecordingTransport transport,
			CompletableFuture<Transport> outcome) {

		void answer() {
			this.protocol.connectionMade(this.transport);
			this.outcome.complete(this.transport);
		}

	}

}
