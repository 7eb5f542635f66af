/**
 * Auto-configuration of stream servers, their properties and the analysis of failed
 * starts.
 */
@NullMarked
package io.streams.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
