package io.streams.epoll;

import java.nio.charset.StandardCharsets;

import io.streams.ConnectOptions;
import io.streams.ServerOptions;
import io.streams.SocketKind;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is epoll's own; the rest is shown by the core's tests, which run here as well.
 */
@Tag("epoll")
class EpollTransportTests {

	@Test
	void theyAreTakenBecauseTheyAreThere() {
		try (TransportFactory transports = Streams
			.newTransports(LoopOptions.builder().loops(1).threads(LoopThreads.VIRTUAL).build())) {
			assertThat(transports).isInstanceOf(EpollTransportFactory.class);
		}
	}

	@Test
	void theyCanBeChosenByTheirKind() {
		LoopOptions options = LoopOptions.builder().loops(1).threads(LoopThreads.VIRTUAL).build();
		try (TransportFactory epoll = Streams.newTransports(SocketKind.EPOLL, options);
				TransportFactory nio = Streams.newTransports(SocketKind.NIO, options)) {
			assertThat(epoll).isInstanceOf(EpollTransportFactory.class);
			assertThat(nio).isNotInstanceOf(EpollTransportFactory.class);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aServerOfEachKindOfLoopAnswers(LoopThreads threads) throws Exception {
		try (TransportFactory transports = EpollTransportFactory
			.create(LoopOptions.builder().loops(2).threads(threads).build());
				StreamServer server = Streams.startServer((reader, writer) -> {
					writer.write(reader.readLine());
					writer.drain();
				}, "127.0.0.1", 0, ServerOptions.builder().transports(transports).build());
				StreamConnection client = Streams.openConnection("127.0.0.1", server.port(),
						ConnectOptions.builder().transports(transports).build())) {
			client.writer().write("hello\n".getBytes(StandardCharsets.UTF_8));
			client.writer().drain();
			assertThat(client.reader().readLine()).asString(StandardCharsets.UTF_8).isEqualTo("hello\n");
		}
	}

	@Test
	void otherSystemsAreToldWhy() {
		assertThat(Support.find("Windows 11", "amd64")).contains("Windows 11");
		assertThat(Support.find("Linux", "s390x")).contains("s390x");
		assertThat(Support.find("Linux", System.getProperty("os.arch"))).isNull();
	}

	@Test
	void aBufferOfTheHeapIsNoPlaceToReadInto() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EpollPoller().address(java.nio.ByteBuffer.allocate(1)));
	}

}
