package io.streams.benchmarks.contestant;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.streams.benchmarks.workload.Service;

/**
 * Who takes part.
 */
public enum Contestant {

	/** A blocking handler on a virtual thread: what a user writes first. */
	STREAMS("streams", Services.BYTES_AND_TLS, StreamsServer::blocking),

	/** A handler on the event loop. */
	STREAMS_ASYNC("streams-async", Services.BYTES_AND_TLS, StreamsServer::asynchronous),

	/** A blocking handler, with event loops on platform threads. */
	STREAMS_PLATFORM("streams-platform", Services.BYTES_AND_TLS, StreamsServer::platform),

	/** A blocking handler, with event loops that are the carriers of their handlers. */
	STREAMS_CARRIER("streams-carrier", Services.BYTES, StreamsServer::carrier),

	/** A blocking handler, with all that the Spring Boot starter listens with. */
	STREAMS_METRICS("streams-metrics", Services.BYTES, StreamsServer::visible),

	/** A blocking handler, over epoll without the JDK's channels. */
	STREAMS_EPOLL("streams-epoll", Services.BYTES_AND_TLS, StreamsServer::epoll),

	/** A handler on the event loop, over epoll. */
	STREAMS_EPOLL_ASYNC("streams-epoll-async", Services.BYTES_AND_TLS, StreamsServer::asynchronousEpoll),

	/** A blocking handler, over epoll, with event loops that are carriers. */
	STREAMS_EPOLL_CARRIER("streams-epoll-carrier", Services.BYTES, StreamsServer::epollCarrier),

	/** Netty on its native epoll transport. */
	NETTY_EPOLL("netty-epoll", Services.BYTES_AND_TLS, NettyServer::epoll),

	/** Netty on java.nio. */
	NETTY_NIO("netty-nio", Services.BYTES_AND_TLS, NettyServer::nio),

	/** Reactor Netty, which takes epoll by itself. */
	REACTOR_NETTY("reactor-netty", Services.BYTES, ReactorNettyServer::new),

	/** Vert.x with its native transport. */
	VERTX("vertx", Services.BYTES, VertxServer::new),

	/** Spring Integration's TCP server on java.nio; it knows messages only. */
	SPRING_INTEGRATION("spring-integration", Services.ECHO, SpringIntegrationServer::new),

	/** The JDK's blocking sockets on virtual threads. */
	JDK_VIRTUAL("jdk-virtual", Services.BYTES, JdkVirtualServer::new),

	/** One selector on one thread, and nothing more than the job needs. */
	RAW_NIO("raw-nio", Services.BYTES, RawNioServer::new),

	/** Python's asyncio streams. */
	PYTHON_ASYNCIO("python-asyncio", Services.BYTES, new PythonProgram("asyncio")),

	/** Python's asyncio streams on uvloop, where that is installed. */
	PYTHON_UVLOOP("python-uvloop", Services.BYTES, new PythonProgram("uvloop")),

	/** The cache of the demo application, where that was built. */
	DEMO_CACHE("demo-cache", Services.RESP, new DemoCacheProgram()),

	/** The real Redis, where that is installed. */
	REDIS("redis-server", Services.RESP, new RedisProgram());

	private final String id;

	private final Set<Service> services;

	private final Program program;

	Contestant(String id, Set<Service> services, Supplier<ContestantServer> server) {
		this.id = id;
		this.services = services;
		this.program = new JavaProgram(name(), server);
	}

	Contestant(String id, Set<Service> services, Program program) {
		this.id = id;
		this.services = services;
		this.program = program;
	}

	/**
	 * Its name in options and reports.
	 * @return a name in lower case
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Whether it has a service to offer.
	 * @param service the service
	 * @return {@code false} if it is left out of the workloads that need it
	 */
	public boolean offers(Service service) {
		return this.services.contains(service);
	}

	/**
	 * Whether its process is a {@link ServerMain}, which can be asked for its memory.
	 * @return {@code true} if it answers {@code stats} and {@code gc}
	 */
	public boolean isJava() {
		return this.program instanceof JavaProgram;
	}

	/**
	 * Whether it finds a port itself, and then says {@code port N}.
	 * @return {@code false} if it listens on the port that it is given
	 */
	public boolean saysPort() {
		return !offers(Service.RESP);
	}

	/**
	 * Whether this machine has what it needs.
	 * @return {@code false} if it cannot take part
	 */
	public boolean isAvailable() {
		return this.program.isAvailable();
	}

	/**
	 * The command that starts it.
	 * @param launch how to start it
	 * @return the command
	 */
	public List<String> command(Launch launch) {
		return this.program.command(launch);
	}

	ContestantServer server() {
		if (this.program instanceof JavaProgram java) {
			return java.server().get();
		}
		throw new IllegalStateException(this.id + " is not a server of this module: start its command");
	}

	/** Sets of services; an enum's constants cannot refer to its own. */
	private static final class Services {

		static final Set<Service> ECHO = Set.of(Service.ECHO);

		static final Set<Service> BYTES = Set.of(Service.ECHO, Service.SEND, Service.RECEIVE);

		static final Set<Service> BYTES_AND_TLS = Set.of(Service.ECHO, Service.ECHO_TLS, Service.SEND, Service.RECEIVE);

		static final Set<Service> RESP = Set.of(Service.RESP);

	}

}
