package io.streams.spring.handler;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Marks what handles the connections of a server, and so defines the server.
 * <p>
 * On a method of a bean: the method is called for each connection, on a virtual thread of
 * its own, so everything that would be an {@code await} in Python simply blocks. Its
 * parameters are any of {@link io.streams.StreamReader}, {@link io.streams.StreamWriter}
 * and {@link io.streams.StreamConnection}, each at most once and in any order. It returns
 * nothing, a {@link java.util.concurrent.CompletionStage} or a reactive type; the
 * connection lives until that completes. What it throws ends this connection only. A bean
 * of scope prototype is made anew for each connection.
 * <p>
 * On a class, or on a {@code @Bean} method: the bean is a
 * {@link io.streams.ConnectionHandler}.
 * <p>
 * The attributes give defaults and may hold <code>${…}</code> placeholders; the
 * properties {@code streams.servers.<name>.*} override them. A server with a port and a
 * path listens on both.
 * <p>
 * asyncio counterpart: the {@code client_connected_cb} of {@code start_server} and
 * {@code start_unix_server}, and their {@code host}, {@code port}, {@code path} and
 * {@code limit}.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface StreamHandler {

	/**
	 * Alias for {@link #server()}.
	 * @return the name of the server
	 */
	@AliasFor("server")
	String value() default "";

	/**
	 * The name of the server, as it appears in properties, meters, logs and the
	 * management endpoint: letters, digits, hyphens and underscores.
	 * @return the name
	 */
	@AliasFor("value")
	String server() default "";

	/**
	 * The host names or addresses to listen on, separated by commas.
	 * @return the hosts, or nothing for all interfaces
	 */
	String host() default "";

	/**
	 * The TCP port to listen on, 0 to 65535; 0 takes any free port.
	 * @return the port, or nothing if the server listens on a path only or the properties
	 * say it
	 */
	String port() default "";

	/**
	 * The path of the Unix-domain socket to listen on.
	 * @return the path, or nothing if the server listens on a port only
	 */
	String path() default "";

	/**
	 * The limit of the readers: the longest line that is accepted, such as {@code 64KB}.
	 * @return the limit, or nothing for asyncio's 64 KiB
	 */
	String limit() default "";

}
