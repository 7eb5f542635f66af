package io.streams.demo;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

/**
 * A test of the whole demo, on ports that the system chooses and without the demo's own
 * clients.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "demo.traffic=false",
		"streams.servers.echo.port=0", "streams.servers.cache.port=0", "streams.servers.echo-tls.port=0",
		"streams.servers.mail.port=0", "streams.servers.ticker.port=0", "streams.servers.burst.send-buffer=32KB",
		"streams.servers.console.path=${java.io.tmpdir}/demo-${random.uuid}.sock", "streams.shutdown.grace-period=2s" })
@Import({ Actuator.class, BurstServer.class, SlowServer.class })
public @interface DemoTest {

}
