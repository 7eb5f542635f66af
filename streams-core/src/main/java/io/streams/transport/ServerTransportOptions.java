package io.streams.transport;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * How to listen.
 *
 * @param backlog how many connections may wait to be accepted, asyncio's 100 by default
 * @param reuseAddress whether an address in TIME_WAIT can be bound; TCP only
 * @param reusePort whether several listeners may share the port; TCP only
 * @param unixPermissions the permissions of a Unix socket's file, 0600 by default
 * @param cleanupSocket whether a Unix socket's file is removed at the close, if it is
 * still the listener's own
 * @param transport how to treat accepted connections
 */
public record ServerTransportOptions(int backlog, boolean reuseAddress, boolean reusePort,
		Set<PosixFilePermission> unixPermissions, boolean cleanupSocket, TransportOptions transport) {

	/** asyncio's defaults. */
	public static final ServerTransportOptions DEFAULT = new ServerTransportOptions(100, true, false,
			PosixFilePermissions.fromString("rw-------"), true, TransportOptions.DEFAULT);

	public ServerTransportOptions {
		if (backlog < 1) {
			throw new IllegalArgumentException("backlog is " + backlog + ": give 1 or more (asyncio's default is 100)");
		}
		unixPermissions = Set.copyOf(unixPermissions);
	}

}
