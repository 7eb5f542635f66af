package io.streams.socket;

/**
 * Why the operating system refuses a call on a socket, as far as the library treats the
 * reasons differently. The name in parentheses is the system's.
 */
public enum SocketError {

	/** No process listens at the address ({@code ECONNREFUSED}). */
	CONNECTION_REFUSED,

	/** The peer reset the connection ({@code ECONNRESET}, {@code EPIPE}). */
	CONNECTION_RESET,

	/** Another socket has the address ({@code EADDRINUSE}). */
	ADDRESS_IN_USE,

	/** No interface of this machine has the address ({@code EADDRNOTAVAIL}). */
	ADDRESS_NOT_AVAILABLE,

	/** The system does not have the address family ({@code EAFNOSUPPORT}). */
	FAMILY_NOT_SUPPORTED,

	/** The process may not do this ({@code EACCES}, {@code EPERM}). */
	PERMISSION_DENIED,

	/** The path does not exist ({@code ENOENT}). */
	NO_SUCH_FILE,

	/** The call would succeed later ({@code EAGAIN}): a full backlog, for example. */
	TEMPORARILY_UNAVAILABLE,

	/** An argument does not fit the socket ({@code EINVAL}). */
	INVALID_ARGUMENT,

	/** Any other reason; the message says which. */
	OTHER

}
