package io.streams.spring.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;

import io.streams.ConnectionHandler;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StreamHandlerDiscovery}.
 */
class StreamHandlerDiscoveryTests {

	@Test
	void findsAnnotatedMethodsOfAllBeans() {
		assertThat(discover(First.class, Second.class)).containsOnlyKeys("one", "two", "three");
	}

	@Test
	void attributesAreKeptAsTheyAre() {
		StreamHandlerDefinition handler = discover(First.class).get("one");
		assertThat(handler.host()).isEqualTo("127.0.0.1,::1");
		assertThat(handler.port()).isEqualTo("9000");
		assertThat(handler.path()).isEqualTo("/run/one.sock");
		assertThat(handler.limit()).isEqualTo("128KB");
		assertThat(handler.source()).isEqualTo("Method " + First.class.getName() + ".one(StreamReader, StreamWriter)");
	}

	@Test
	void attributesThatAreNotGivenAreEmpty() {
		StreamHandlerDefinition handler = discover(Second.class).get("two");
		assertThat(handler).extracting("host", "port", "path", "limit").containsOnly("");
	}

	@Test
	void placeholdersAreResolved() {
		MockEnvironment environment = new MockEnvironment().withProperty("gps.name", "tracker")
			.withProperty("gps.port", "5000");
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setEnvironment(environment);
			context.register(Placeholders.class);
			context.refresh();
			Map<String, StreamHandlerDefinition> handlers = new StreamHandlerDiscovery(context.getBeanFactory())
				.discover();
			assertThat(handlers).containsOnlyKeys("tracker");
			assertThat(handlers.get("tracker").port()).isEqualTo("5000");
			assertThat(handlers.get("tracker").path()).isEmpty();
		}
	}

	@Test
	void beanThatIsAConnectionHandlerIsFoundByItsClassOrItsBeanMethod() {
		Map<String, StreamHandlerDefinition> handlers = discover(HandlerBean.class, HandlerBeans.class);
		assertThat(handlers).containsOnlyKeys("on-class", "on-bean-method");
		assertThat(handlers.get("on-bean-method").source()).isEqualTo("Bean 'lambda'");
	}

	@Test
	void lazyBeanIsFoundButNotMade() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(LazyBean.class)) {
			assertThat(new StreamHandlerDiscovery(context.getBeanFactory()).discover()).containsOnlyKeys("lazy");
			assertThat(context.getBeanFactory().getSingletonNames())
				.doesNotContain("streamHandlerDiscoveryTests.LazyBean");
			assertThat(LazyBean.made).isFalse();
		}
	}

	@Test
	void scopedBeanIsFoundOnce() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			context.register(ScopedBean.class);
			context.refresh();
			assertThat(new StreamHandlerDiscovery(context.getBeanFactory()).discover()).containsOnlyKeys("scoped");
		}
	}

	@Test
	void methodOfClassProxyAndOfInterfaceProxyIsFound() {
		assertThat(discover(ClassProxy.class, InterfaceProxy.class)).containsOnlyKeys("class-proxy", "interface-proxy");
	}

	@Test
	void methodThatItsProxyDoesNotHaveIsRefused() {
		assertThatExceptionOfType(InvalidStreamHandlerException.class)
			.isThrownBy(() -> discover(InterfaceProxyWithoutMethod.class))
			.withMessageContaining("NotOnInterface.handle(StreamReader) cannot be called, because its bean is a proxy")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("spring.aop.proxy-target-class=true"));
	}

	@Test
	void privateMethodOfClassProxyIsRefused() {
		assertThatExceptionOfType(InvalidStreamHandlerException.class)
			.isThrownBy(() -> discover(ClassProxyOfPrivateMethod.class))
			.withMessageContaining("cannot be called, because its bean is a proxy")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("public or package-private"));
	}

	@Test
	void twoHandlersOfOneServerAreRefused() {
		assertThatExceptionOfType(DuplicateStreamHandlerException.class)
			.isThrownBy(() -> discover(First.class, SameServer.class))
			.satisfies((ex) -> {
				assertThat(ex.getServer()).isEqualTo("one");
				assertThat(ex.getFirst()).contains("First.one(");
				assertThat(ex.getSecond()).contains("SameServer.same(");
			});
	}

	@Test
	void annotatedBeanThatIsNoConnectionHandlerIsRefused() {
		assertThatExceptionOfType(InvalidStreamHandlerException.class).isThrownBy(() -> discover(NoHandler.class))
			.withMessageContaining("is annotated with @StreamHandler, but is no ConnectionHandler");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a/b", "a.b", "-a", "é", "${no.name:}" })
	void badServerNameIsRefused(String name) {
		System.setProperty("bad.name", name);
		try {
			assertThatExceptionOfType(InvalidStreamHandlerException.class).isThrownBy(() -> discover(BadName.class))
				.withMessageContaining("names the server '")
				.satisfies((ex) -> assertThat(ex.getRemedy()).contains("letters, digits, hyphens and underscores"));
		}
		finally {
			System.clearProperty("bad.name");
		}
	}

	@Test
	void annotationCanBeComposed() {
		assertThat(discover(Composed.class)).containsOnlyKeys("composed")
			.satisfies((handlers) -> assertThat(handlers.get("composed").port()).isEqualTo("7"));
	}

	private static Map<String, StreamHandlerDefinition> discover(Class<?>... beans) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(beans)) {
			return new StreamHandlerDiscovery(context.getBeanFactory()).discover();
		}
	}

	static class First {

		@StreamHandler(server = "one", host = "127.0.0.1,::1", port = "9000", path = "/run/one.sock", limit = "128KB")
		void one(StreamReader reader, StreamWriter writer) {
		}

		void other() {
		}

	}

	static class Second {

		@StreamHandler("two")
		void two(StreamWriter writer) {
		}

		@StreamHandler("three")
		private void three(StreamConnection connection) {
		}

	}

	static class SameServer {

		@StreamHandler("one")
		void same(StreamReader reader) {
		}

	}

	static class Placeholders {

		@StreamHandler(server = "${gps.name}", port = "${gps.port}", path = "${gps.path:}")
		void handle(StreamReader reader) {
		}

	}

	@StreamHandler("on-class")
	static class HandlerBean implements ConnectionHandler {

		@Override
		public void handle(StreamReader reader, StreamWriter writer) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HandlerBeans {

		@Bean
		@StreamHandler(server = "on-bean-method", port = "0")
		ConnectionHandler lambda() {
			return (reader, writer) -> {
			};
		}

	}

	@StreamHandler("no-handler")
	static class NoHandler {

	}

	@Lazy
	static class LazyBean {

		static boolean made;

		LazyBean() {
			made = true;
		}

		@StreamHandler("lazy")
		void handle(StreamReader reader) {
		}

	}

	@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class ScopedBean {

		@StreamHandler("scoped")
		void handle(StreamReader reader) {
		}

	}

	static class BadName {

		@StreamHandler("${bad.name}")
		void handle(StreamReader reader) {
		}

	}

	static class Target implements OnInterface {

		@Override
		@StreamHandler("interface-proxy")
		public void handle(StreamReader reader) {
		}

	}

	interface OnInterface {

		void handle(StreamReader reader);

	}

	static class NotOnInterface implements Runnable {

		@Override
		public void run() {
		}

		@StreamHandler("not-on-interface")
		void handle(StreamReader reader) {
		}

	}

	static class ClassTarget {

		@StreamHandler("class-proxy")
		void handle(StreamReader reader) {
		}

	}

	static class PrivateTarget {

		@StreamHandler("private")
		private void handle(StreamReader reader) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxy {

		@Bean
		ClassTarget classTarget() {
			return proxyOf(new ClassTarget(), true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxyOfPrivateMethod {

		@Bean
		PrivateTarget privateTarget() {
			return proxyOf(new PrivateTarget(), true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxy {

		@Bean
		static BeanPostProcessor proxies() {
			return new InterfaceProxies();
		}

		@Bean
		Target target() {
			return new Target();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxyWithoutMethod {

		@Bean
		static BeanPostProcessor proxies() {
			return new InterfaceProxies();
		}

		@Bean
		NotOnInterface notOnInterface() {
			return new NotOnInterface();
		}

	}

	/**
	 * As {@code @EnableAsync} and its like make them, with {@code proxyTargetClass} off.
	 */
	@SuppressWarnings("serial")
	static class InterfaceProxies extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		InterfaceProxies() {
			this.advisor = new DefaultPointcutAdvisor((MethodInterceptor) MethodInvocation::proceed);
		}

		@Override
		protected boolean isEligible(Class<?> targetClass) {
			return targetClass == Target.class || targetClass == NotOnInterface.class;
		}

	}

	@SuppressWarnings("unchecked")
	private static <T> T proxyOf(T target, boolean proxyTargetClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(proxyTargetClass);
		return (T) factory.getProxy();
	}

	@Retention(RetentionPolicy.RUNTIME)
	@StreamHandler(server = "composed")
	@interface ComposedHandler {

		@AliasFor(annotation = StreamHandler.class)
		String port();

	}

	static class Composed {

		@ComposedHandler(port = "7")
		void handle(StreamReader reader) {
		}

	}

}
