package io.streams.spring.server;

import java.util.concurrent.CountDownLatch;

import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * An application without a web server, run by {@link StreamServerProcessTests} in a
 * process of its own. Its argument names what it serves.
 */
final class TcpOnlyApplication {

	private TcpOnlyApplication() {
	}

	public static void main(String[] args) {
		Class<?> source = switch (args[0]) {
			case "echo" -> Echo.class;
			case "stuck" -> Stuck.class;
			case "busy" -> Busy.class;
			default -> Nothing.class;
		};
		SpringApplication application = new SpringApplication(source);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run(args);
		System.out.println("main has returned");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Echo extends EchoServer {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Stuck {

		@StreamHandler(server = "stuck", host = "127.0.0.1", port = "0")
		void onConnect(StreamWriter writer) throws InterruptedException {
			writer.write("begun\n".getBytes(UTF_8));
			writer.flush();
			new CountDownLatch(1).await();
		}

	}

	/** Each handler keeps the carrier of its virtual thread for ever. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Busy {

		@Value("${work}")
		private CarrierWork work;

		@StreamHandler(server = "busy", host = "127.0.0.1", port = "0")
		void onConnect(StreamWriter writer) {
			writer.write("begun\n".getBytes(UTF_8));
			writer.flush();
			this.work.run();
		}

	}

}
