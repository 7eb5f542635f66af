package io.streams.spring.server;

import java.lang.annotation.Annotation;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Makes a placeholder of the server's name in {@link LocalStreamServerPort}, which
 * {@code @Value} alone cannot, because it takes no attribute of an annotation on which it
 * is itself an annotation.
 */
class LocalPortAutowireCandidateResolver extends ContextAnnotationAutowireCandidateResolver {

	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		Annotation[] annotations = descriptor.getAnnotations();
		MergedAnnotation<LocalStreamServerPort> port = MergedAnnotations.from(annotations)
			.get(LocalStreamServerPort.class);
		return port.isPresent() ? "${local.streams." + port.getString(MergedAnnotation.VALUE) + ".port}"
				: super.getSuggestedValue(descriptor);
	}

}
