package io.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Bytes of a TCP socket that the kernel holds, as Linux lists them.
 *
 * @param unacknowledged bytes that were written and that the peer's kernel has not
 * acknowledged
 * @param unread bytes that were received and not read
 */
record KernelQueues(long unacknowledged, long unread) {

	private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));

	/** Columns of a table. */
	private static final int LOCAL = 1;

	private static final int REMOTE = 2;

	private static final int QUEUES = 4;

	/**
	 * Looks up the socket between two ports of this host.
	 * @return empty if the kernel knows no such socket, or tells nothing
	 */
	static Optional<KernelQueues> of(int localPort, int remotePort) throws IOException {
		String local = String.format(":%04X", localPort);
		String remote = String.format(":%04X", remotePort);
		for (Path table : TABLES) {
			if (!Files.isReadable(table)) {
				continue;
			}
			for (String line : Files.readAllLines(table)) {
				String[] columns = line.strip().split("\\s+");
				if (columns[LOCAL].endsWith(local) && columns[REMOTE].endsWith(remote)) {
					String[] queues = columns[QUEUES].split(":");
					return Optional.of(new KernelQueues(Long.parseLong(queues[0], 16), Long.parseLong(queues[1], 16)));
				}
			}
		}
		return Optional.empty();
	}

}
