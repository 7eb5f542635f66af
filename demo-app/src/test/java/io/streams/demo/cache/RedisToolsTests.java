package io.streams.demo.cache;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.streams.demo.DemoTest;
import io.streams.demo.ExternalTool;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the cache with Redis's own tools.
 */
@DemoTest
class RedisToolsTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private int port;

	@BeforeEach
	void findPort(@Autowired StreamServers servers) {
		this.port = servers.get("cache").port();
		cli("FLUSHALL");
	}

	@Test
	void answersRedisCli() {
		String commands = """
				SET greeting "hello world"
				GET greeting
				GET nothing
				INCR counter
				INCRBY counter 41
				INCR greeting
				RPUSH list a b c
				LPUSH list z
				LRANGE list 0 -1
				LPOP list
				SADD set member
				SMEMBERS set
				HSET hash f1 v1 f2 v2
				HGETALL hash
				GET list
				NOSUCH command
				EXPIRE counter 100
				TTL counter
				DEL greeting nothing
				DBSIZE
				""";
		assertThat(cli(commands)).isEqualTo("""
				OK
				hello world

				1
				42
				ERR value is not an integer or out of range

				3
				4
				z
				a
				b
				c
				z
				1
				member
				2
				f1
				v1
				f2
				v2
				WRONGTYPE Operation against a key holding the wrong kind of value

				ERR unknown command 'NOSUCH', with args beginning with: 'command'\s

				1
				100
				1
				4
				""");
	}

	@Test
	void takesAMassInsertThroughThePipe() {
		String commands = IntStream.range(0, 10_000)
			.mapToObj((i) -> "SET key:" + i + " value:" + i + "\r\n")
			.collect(Collectors.joining());
		String output = ExternalTool.find("redis-cli").run(commands, TIMEOUT, "-p", this.port, "--pipe").successful();
		assertThat(output).contains("errors: 0, replies: 10000");
		assertThat(cli("DBSIZE")).isEqualTo("10000\n");
		assertThat(cli("GET key:4711")).isEqualTo("value:4711\n");
	}

	@Test
	void standsRedisBenchmark() {
		ExternalTool benchmark = ExternalTool.find("redis-benchmark");
		String output = benchmark
			.run("", TIMEOUT, "-p", this.port, "-t", "ping,set,get,incr,lpush,rpop,mset", "-n", 200_000, "-c", 100,
					"-P", 16, "-q")
			.successful();
		String results = output.lines()
			.map((line) -> line.substring(line.lastIndexOf('\r') + 1))
			.collect(Collectors.joining("\n"));
		assertThat(results.lines().filter((line) -> line.contains("requests per second"))).hasSize(8);
		assertThat(output).doesNotContainIgnoringCase("error");
		System.out.println(results);
	}

	@Test
	void standsRedisBenchmarkWithoutPipelining() {
		String output = ExternalTool.find("redis-benchmark")
			.run("", TIMEOUT, "-p", this.port, "-t", "set,get,lrange_100", "-n", 10_000, "-c", 50, "-d", 1000, "-q")
			.successful();
		assertThat(output).contains("GET:", "LRANGE_100").doesNotContainIgnoringCase("error");
	}

	private String cli(String commands) {
		return ExternalTool.find("redis-cli").run(commands, TIMEOUT, "-p", this.port).successful();
	}

}
