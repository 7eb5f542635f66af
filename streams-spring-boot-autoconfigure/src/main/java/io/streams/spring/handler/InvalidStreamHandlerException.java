package io.streams.spring.handler;

/**
 * What is annotated with {@link StreamHandler @StreamHandler} cannot handle connections,
 * or an attribute of the annotation has no valid value.
 */
public class InvalidStreamHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String source;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param source where the annotation is
	 * @param problem what is wrong, as the rest of a sentence that begins with the source
	 * @param remedy what to do about it
	 */
	public InvalidStreamHandlerException(String source, String problem, String remedy) {
		super(source + " " + problem);
		this.source = source;
		this.remedy = remedy;
	}

	/**
	 * Where the annotation is.
	 * @return the method or bean, in words
	 */
	public String getSource() {
		return this.source;
	}

	/**
	 * What to do about it.
	 * @return one or more sentences
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
