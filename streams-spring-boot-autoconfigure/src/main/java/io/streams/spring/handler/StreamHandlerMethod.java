package io.streams.spring.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

import io.streams.ConnectionHandler;
import io.streams.StreamReader;
import io.streams.StreamWriter;

import org.springframework.util.ReflectionUtils;

/**
 * A method of a bean as a connection handler. Its signature is checked when it is made,
 * so that a wrong one is found before any client connects.
 */
final class StreamHandlerMethod implements ConnectionHandler {

	private static final String REMEDY = "Let it take any of StreamReader, StreamWriter and StreamConnection, and SSLSession, "
			+ "each at most once and in any order, and return void, a CompletionStage or a reactive type. For example: "
			+ "void onConnect(StreamReader reader, StreamWriter writer) throws IOException.";

	private final Supplier<Object> bean;

	private final Method method;

	private final ConnectionArgument[] arguments;

	private final HandlerResult result;

	/**
	 * Create a handler.
	 * @param bean gives the bean, for each connection
	 * @param method the method to invoke, on a proxy if the bean is one
	 * @param source the method in words
	 * @throws InvalidStreamHandlerException if connections cannot be given to the method
	 */
	StreamHandlerMethod(Supplier<Object> bean, Method method, String source) {
		this.bean = bean;
		this.method = method;
		this.arguments = argumentsOf(method, source);
		this.result = resultOf(method, source);
		ReflectionUtils.makeAccessible(method);
	}

	/** Whether there is nothing to call it with on a connection that speaks no TLS. */
	boolean needsTls() {
		return Arrays.asList(this.arguments).contains(ConnectionArgument.SSL_SESSION);
	}

	@Override
	public void handle(StreamReader reader, StreamWriter writer) throws Exception {
		Object[] arguments = new Object[this.arguments.length];
		for (int i = 0; i < arguments.length; i++) {
			arguments[i] = this.arguments[i].resolve(reader, writer);
		}
		this.result.await(invoke(arguments));
	}

	private Object invoke(Object[] arguments) throws Exception {
		try {
			return this.method.invoke(this.bean.get(), arguments);
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
			throw ex;
		}
	}

	private static ConnectionArgument[] argumentsOf(Method method, String source) {
		Set<ConnectionArgument> arguments = EnumSet.noneOf(ConnectionArgument.class);
		ConnectionArgument[] ordered = new ConnectionArgument[method.getParameterCount()];
		for (int i = 0; i < ordered.length; i++) {
			Parameter parameter = method.getParameters()[i];
			ConnectionArgument argument = ConnectionArgument.forType(parameter.getType());
			if (argument == null) {
				throw new InvalidStreamHandlerException(source,
						"has a parameter of type " + parameter.getType().getName() + ", which no connection can supply",
						REMEDY);
			}
			if (!arguments.add(argument)) {
				throw new InvalidStreamHandlerException(source,
						"has two parameters of type " + parameter.getType().getSimpleName(), REMEDY);
			}
			ordered[i] = argument;
		}
		if (ordered.length == 0) {
			throw new InvalidStreamHandlerException(source, "has no parameters, so it could neither read nor write",
					REMEDY);
		}
		return ordered;
	}

	private static HandlerResult resultOf(Method method, String source) {
		HandlerResult result = HandlerResult.forType(method.getReturnType());
		if (result == null) {
			throw new InvalidStreamHandlerException(source,
					"returns " + method.getReturnType().getName() + ", whose end nobody could await", REMEDY);
		}
		return result;
	}

	@Override
	public String toString() {
		return this.method.toGenericString();
	}

}
