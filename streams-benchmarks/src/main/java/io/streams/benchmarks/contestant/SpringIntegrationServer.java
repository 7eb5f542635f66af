package io.streams.benchmarks.contestant;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.streams.benchmarks.workload.Service;

import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.tcp.connection.TcpConnectionServerListeningEvent;
import org.springframework.integration.ip.tcp.connection.TcpNioServerConnectionFactory;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;

/**
 * Spring Integration's inbound gateway over its TCP server on java.nio, as its reference
 * has it.
 */
final class SpringIntegrationServer implements ContestantServer {

	private static final long START_SECONDS = 10;

	@Override
	public int start(Service service, int loops) throws InterruptedException {
		Listening listening = new Listening();
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.addApplicationListener(listening);
		context.register(Echo.class);
		context.refresh();
		if (!listening.latch.await(START_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Spring Integration's server does not listen");
		}
		return listening.port;
	}

	/** Hears of the port. */
	private static final class Listening implements ApplicationListener<TcpConnectionServerListeningEvent> {

		private final CountDownLatch latch = new CountDownLatch(1);

		private volatile int port;

		@Override
		public void onApplicationEvent(TcpConnectionServerListeningEvent event) {
			this.port = event.getPort();
			this.latch.countDown();
		}

	}

	/** The flow from the socket to the socket. */
	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Echo {

		@Bean
		TcpNioServerConnectionFactory connections() {
			TcpNioServerConnectionFactory connections = new TcpNioServerConnectionFactory(0);
			connections.setLocalAddress(HOST);
			connections.setBacklog(BACKLOG);
			connections.setUsingDirectBuffers(true);
			connections.setSoTcpNoDelay(true);
			connections.setSerializer(lines());
			connections.setDeserializer(lines());
			return connections;
		}

		@Bean
		IntegrationFlow echo(TcpNioServerConnectionFactory connections) {
			return IntegrationFlow.from(Tcp.inboundGateway(connections))
				.handle(byte[].class, (line, headers) -> line)
				.get();
		}

		private static ByteArrayLfSerializer lines() {
			ByteArrayLfSerializer serializer = new ByteArrayLfSerializer();
			serializer.setMaxMessageSize(MAX_LINE_BYTES);
			return serializer;
		}

	}

}
