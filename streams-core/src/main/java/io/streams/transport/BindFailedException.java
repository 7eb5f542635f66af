package io.streams.transport;

import java.io.IOException;
import java.net.SocketAddress;

import io.streams.flow.FreshFailure;

import org.jspecify.annotations.Nullable;

/**
 * An address could not be bound. The message names the address and the system's reason;
 * {@link #reason()} is the same reason for programs.
 *
 * @since 0.1
 */
public class BindFailedException extends IOException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	private final transient SocketAddress address;

	private final Reason reason;

	/**
	 * Creates an exception for {@link Reason#OTHER}.
	 * @param address the address
	 * @param text why, for people
	 * @param cause the system's exception, or {@code null}
	 */
	public BindFailedException(SocketAddress address, String text, @Nullable Throwable cause) {
		this(address, Reason.OTHER, text, cause);
	}

	/**
	 * Creates an exception.
	 * @param address the address
	 * @param reason why, for programs
	 * @param text why, for people
	 * @param cause the system's exception, or {@code null}
	 */
	public BindFailedException(SocketAddress address, Reason reason, String text, @Nullable Throwable cause) {
		super("Could not bind on address " + address + ": " + text, cause);
		this.address = address;
		this.reason = reason;
	}

	private BindFailedException(BindFailedException original) {
		super(String.valueOf(original.getMessage()), original);
		this.address = original.address;
		this.reason = original.reason;
	}

	@Override
	public BindFailedException copy() {
		return new BindFailedException(this);
	}

	/**
	 * Returns the address that could not be bound.
	 * @return the address, as the caller gave it
	 */
	public SocketAddress address() {
		return this.address;
	}

	/**
	 * Returns why the address could not be bound.
	 * @return the reason, whatever language the system speaks
	 */
	public Reason reason() {
		return this.reason;
	}

	/** Why an address could not be bound. */
	public enum Reason {

		/** Another server has the address. */
		ADDRESS_IN_USE,

		/** No interface of this machine has the address. */
		ADDRESS_NOT_AVAILABLE,

		/** The process may not bind the address, or not create files in its directory. */
		PERMISSION_DENIED,

		/** The host name was not looked up, or has no address. */
		UNKNOWN_HOST,

		/** The path of a Unix socket is too long, or cannot have a socket. */
		UNUSABLE_PATH,

		/** Any other reason; the message says which. */
		OTHER

	}

}
