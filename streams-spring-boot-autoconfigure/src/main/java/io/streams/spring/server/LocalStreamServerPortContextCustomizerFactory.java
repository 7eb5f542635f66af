package io.streams.spring.server;

import java.util.List;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Has {@link LocalStreamServerPort} understood in the application contexts of tests.
 */
class LocalStreamServerPortContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		return new LocalStreamServerPortContextCustomizer();
	}

	/** A record because equal customizers let tests share an application context. */
	private record LocalStreamServerPortContextCustomizer() implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			if (context.getBeanFactory() instanceof DefaultListableBeanFactory beanFactory) {
				beanFactory.setAutowireCandidateResolver(new LocalPortAutowireCandidateResolver());
			}
		}

	}

}
