package io.streams.demo.cache.store;

/**
 * An end of a list.
 */
public enum ListEnd {

	/** The left one. */
	HEAD,

	/** The right one. */
	TAIL

}
