package io.streams.spring.handler;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.streams.ConnectionHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Finds the handlers among the beans by looking at their types. No bean is made for it: a
 * lazy one is made when its first connection comes.
 */
public final class StreamHandlerDiscovery {

	private static final Log logger = LogFactory.getLog(StreamHandlerDiscovery.class);

	private static final Pattern SERVER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Create a discovery.
	 * @param beanFactory has the beans to look at
	 */
	public StreamHandlerDiscovery(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Finds all handlers.
	 * @return the handlers by the name of their server, in the order of the beans
	 * @throws InvalidStreamHandlerException if one cannot handle connections
	 * @throws DuplicateStreamHandlerException if two name the same server
	 */
	public Map<String, StreamHandlerDefinition> discover() {
		Map<String, StreamHandlerDefinition> handlers = new LinkedHashMap<>();
		for (StreamHandlerDefinition handler : findAll()) {
			StreamHandlerDefinition other = handlers.putIfAbsent(handler.server(), handler);
			if (other != null) {
				throw new DuplicateStreamHandlerException(handler.server(), other.source(), handler.source());
			}
		}
		return handlers;
	}

	private List<StreamHandlerDefinition> findAll() {
		List<StreamHandlerDefinition> handlers = new ArrayList<>();
		for (String beanName : this.beanFactory.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = ScopedProxyUtils.isScopedTarget(beanName) ? null : typeOf(beanName);
			if (type != null && AnnotationUtils.isCandidateClass(type, StreamHandler.class)) {
				addBean(handlers, beanName, type);
				addMethods(handlers, beanName, type);
			}
		}
		return handlers;
	}

	private @Nullable Class<?> typeOf(String beanName) {
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			return AutoProxyUtils.determineTargetClass(this.beanFactory, ScopedProxyUtils.getTargetBeanName(beanName));
		}
		return type;
	}

	private void addBean(List<StreamHandlerDefinition> handlers, String beanName, Class<?> type) {
		StreamHandler annotation = this.beanFactory.findAnnotationOnBean(beanName, StreamHandler.class, false);
		if (annotation == null) {
			return;
		}
		String source = "Bean '" + beanName + "'";
		if (!ConnectionHandler.class.isAssignableFrom(type)) {
			throw new InvalidStreamHandlerException(source,
					"is annotated with @StreamHandler, but is no " + "ConnectionHandler",
					"Let it implement io.streams.ConnectionHandler, or move the annotation to the "
							+ "method that is to handle the connections.");
		}
		handlers.add(define(annotation, source, (reader,
				writer) -> this.beanFactory.getBean(beanName, ConnectionHandler.class).handle(reader, writer)));
	}

	private void addMethods(List<StreamHandlerDefinition> handlers, String beanName, Class<?> type) {
		selectMethods(beanName, type).forEach((method, annotation) -> {
			String source = describe(method);
			StreamHandlerMethod handler = new StreamHandlerMethod(() -> this.beanFactory.getBean(beanName),
					invocable(method, beanName, source), source);
			handlers.add(define(annotation, source, handler));
		});
	}

	private Map<Method, StreamHandler> selectMethods(String beanName, Class<?> type) {
		try {
			return MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<StreamHandler>) StreamHandlerDiscovery::annotationOf);
		}
		catch (Throwable ex) {
			// A method signature may name a class that is absent, in a bean that is never
			// made
			logger.debug("Could not look for stream handlers in bean '" + beanName + "'", ex);
			return Map.of();
		}
	}

	/**
	 * The annotation on a {@code @Bean} method is about the bean, not about the method.
	 */
	private static @Nullable StreamHandler annotationOf(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, Bean.class) ? null
				: AnnotatedElementUtils.findMergedAnnotation(method, StreamHandler.class);
	}

	private Method invocable(Method method, String beanName, String source) {
		Class<?> beanType = this.beanFactory.getType(beanName, false);
		try {
			return AopUtils.selectInvocableMethod(method, (beanType != null) ? beanType : method.getDeclaringClass());
		}
		catch (IllegalStateException ex) {
			throw new InvalidStreamHandlerException(source,
					"cannot be called, because its bean is a proxy that does not have it",
					"Make the method public or package-private, or let the proxy be of the class "
							+ "(spring.aop.proxy-target-class=true).");
		}
	}

	private StreamHandlerDefinition define(StreamHandler annotation, String source, ConnectionHandler handler) {
		String server = resolve(annotation.server(), "server", source);
		if (!SERVER_NAME.matcher(server).matches()) {
			throw new InvalidStreamHandlerException(source, "names the server '" + server + "' in @StreamHandler",
					"Give the server a name of letters, digits, hyphens and underscores: "
							+ "@StreamHandler(server = \"echo\", port = \"9000\").");
		}
		boolean needsTls = handler instanceof StreamHandlerMethod method && method.needsTls();
		return new StreamHandlerDefinition(server, resolve(annotation.host(), "host", source),
				resolve(annotation.port(), "port", source), resolve(annotation.path(), "path", source),
				resolve(annotation.limit(), "limit", source), source, needsTls, handler);
	}

	private String resolve(String text, String attribute, String source) {
		try {
			String resolved = this.beanFactory.resolveEmbeddedValue(text);
			return (resolved != null) ? resolved.strip() : "";
		}
		catch (PlaceholderResolutionException ex) {
			throw new InvalidStreamHandlerException(source,
					"has " + attribute + " '" + text + "' in @StreamHandler: " + ex.getMessage(),
					"Set the property that the placeholder names, or give it a default after a colon: ${name:default}.");
		}
	}

	private static String describe(Method method) {
		String parameters = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", "));
		return "Method " + method.getDeclaringClass().getName() + "." + method.getName() + "(" + parameters + ")";
	}

}
