package io.streams.loop;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.socket.ListenSocket;
import io.streams.socket.SocketErrorException;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;
import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a listening Unix socket. A stale one is replaced, a living server's never,
 * nor anything that is not a socket; and it is removed at the close only if it is still
 * ours.
 */
final class UnixSocketFile {

	private static final Logger logger = LoggerFactory.getLogger(UnixSocketFile.class);

	/** Characters of a path that every system takes for a socket. */
	private static final int MAX_PATH_BYTES = 100;

	/** The bits of a file's mode that say what it is. */
	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET = 0140000;

	/**
	 * Held while a file is looked at and replaced: of two servers of this process that
	 * find the same stale file, the slower would remove the quicker one's.
	 */
	private static final ReentrantLock BINDING = new ReentrantLock();

	private final Path path;

	/**
	 * The file's identity, its inode for one; {@code null} if the file system has none,
	 * or the file is to stay.
	 */
	private final @Nullable Object identity;

	private UnixSocketFile(Path path, @Nullable Object identity) {
		this.path = path;
		this.identity = identity;
	}

	static UnixSocketFile bind(SocketSystem sockets, ListenSocket socket, UnixDomainSocketAddress address,
			ServerTransportOptions options) throws IOException {
		refuseTooLong(address, sockets.maxUnixPathBytes());
		requireDirectory(address);
		BINDING.lock();
		try {
			return bindAlone(sockets, socket, address, options);
		}
		finally {
			BINDING.unlock();
		}
	}

	/** Call with {@link #BINDING} held. */
	private static UnixSocketFile bindAlone(SocketSystem sockets, ListenSocket socket, UnixDomainSocketAddress address,
			ServerTransportOptions options) throws IOException {
		Path path = address.getPath();
		boolean stale = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
		Object identity = stale ? identityOfStale(sockets, address) : null;
		Path folder = newFolder(address);
		try {
			Path hidden = folder.resolve("s");
			boolean fits = lengthOf(hidden) <= MAX_PATH_BYTES;
			if (fits) {
				bind(socket, hidden, options);
			}
			if (stale) {
				moveAway(address, identity, folder.resolve("stale"));
			}
			if (fits) {
				show(hidden, address);
			}
			else {
				bind(socket, path, options);
			}
			return of(path, options.cleanupSocket());
		}
		finally {
			Files.deleteIfExists(folder.resolve("s"));
			// Not before: the new file could get its inode, and be taken for it.
			Files.deleteIfExists(folder.resolve("stale"));
			Files.delete(folder);
		}
	}

	/** The file of a socket that somebody else has bound, and perhaps removed since. */
	static UnixSocketFile adopt(UnixDomainSocketAddress address, boolean cleanup) throws IOException {
		try {
			return of(address.getPath(), cleanup);
		}
		catch (NoSuchFileException ex) {
			return of(address.getPath(), false);
		}
	}

	private static UnixSocketFile of(Path path, boolean cleanup) throws IOException {
		return new UnixSocketFile(path, cleanup ? attributes(path).fileKey() : null);
	}

	/**
	 * Binds where, if at all possible, nobody else can reach it until its permissions are
	 * set.
	 */
	private static void bind(ListenSocket socket, Path path, ServerTransportOptions options) throws IOException {
		socket.bind(UnixDomainSocketAddress.of(path), options);
		Files.setPosixFilePermissions(path, options.unixPermissions());
	}

	/**
	 * Gives the socket its name. Unlike a move, a link never replaces what has come in
	 * between.
	 */
	private static void show(Path hidden, UnixDomainSocketAddress address) throws IOException {
		try {
			Files.createLink(address.getPath(), hidden);
		}
		catch (FileAlreadyExistsException ex) {
			throw new BindFailedException(address, Reason.ADDRESS_IN_USE,
					"Address already in use: another server was quicker", ex);
		}
		catch (FileSystemException | UnsupportedOperationException ex) {
			logger.debug("The file system cannot link a socket; it is moved to {}", address, ex);
			Files.move(hidden, address.getPath());
		}
	}

	private static Path parent(Path path) {
		return Objects.requireNonNull(path.toAbsolutePath().getParent());
	}

	/** Removes the file, if it is still ours and not to stay. */
	void delete() {
		if (this.identity == null) {
			return;
		}
		try {
			if (this.identity.equals(attributes(this.path).fileKey())) {
				Files.delete(this.path);
			}
		}
		catch (NoSuchFileException ex) {
			logger.debug("The socket file {} was gone already", this.path);
		}
		catch (IOException ex) {
			logger.warn("Could not remove the socket file {}: {}", this.path, ex.toString());
		}
	}

	private static void refuseTooLong(UnixDomainSocketAddress address, int maxBytes) throws BindFailedException {
		int bytes = lengthOf(address.getPath());
		if (bytes > maxBytes) {
			throw new BindFailedException(address, Reason.UNUSABLE_PATH, "Unix domain path too long: " + bytes
					+ " bytes, and no client can name more than " + maxBytes + "; choose a shorter path", null);
		}
	}

	private static void requireDirectory(UnixDomainSocketAddress address) throws IOException {
		Path directory = parent(address.getPath());
		try {
			if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
				throw new BindFailedException(address, Reason.UNUSABLE_PATH,
						directory + " is not a directory: choose another path", null);
			}
		}
		catch (NoSuchFileException ex) {
			throw new BindFailedException(address, Reason.UNUSABLE_PATH,
					"the directory " + directory + " does not exist: create it", ex);
		}
		catch (AccessDeniedException ex) {
			throw denied(address, "enter", directory, ex);
		}
	}

	/** Makes a folder for the socket, beside its path. */
	private static Path newFolder(UnixDomainSocketAddress address) throws IOException {
		Path directory = parent(address.getPath());
		try {
			return Files.createTempDirectory(directory, ".s");
		}
		catch (AccessDeniedException ex) {
			throw denied(address, "create files in", directory, ex);
		}
	}

	private static BindFailedException denied(UnixDomainSocketAddress address, String action, Path directory,
			AccessDeniedException cause) {
		return new BindFailedException(address, Reason.PERMISSION_DENIED, "permission denied: this process may not "
				+ action + " the directory " + directory + "; give it the permission, or choose another path", cause);
	}

	/**
	 * Finds out that the file is a socket on which nobody answers.
	 * @return the file's identity
	 */
	private static @Nullable Object identityOfStale(SocketSystem sockets, UnixDomainSocketAddress address)
			throws IOException {
		BasicFileAttributes attributes = attributes(address.getPath());
		if (!isSocket(address.getPath())) {
			throw new BindFailedException(address, Reason.UNUSABLE_PATH,
					"the path exists and is not a socket: remove it, or choose another path", null);
		}
		if (isAlive(sockets, address)) {
			throw new BindFailedException(address, Reason.ADDRESS_IN_USE,
					"Address already in use: a living server answers there; stop it, or choose another path", null);
		}
		return attributes.fileKey();
	}

	/**
	 * Moves the file out of the way, and looks whether it is the one that was found
	 * stale: another process's server may have put its own there since, and gets it back.
	 */
	private static void moveAway(UnixDomainSocketAddress address, @Nullable Object identity, Path away)
			throws IOException {
		try {
			Files.move(address.getPath(), away);
		}
		catch (NoSuchFileException ex) {
			logger.debug("The stale socket file {} was removed by somebody else", address);
			return;
		}
		if (!Objects.equals(identity, attributes(away).fileKey())) {
			show(away, address);
			throw new BindFailedException(address, Reason.ADDRESS_IN_USE,
					"Address already in use: another server was quicker", null);
		}
	}

	/** By its mode: pipes and devices are no plain files either. */
	private static boolean isSocket(Path path) throws IOException {
		try {
			int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
			return (mode & FILE_TYPE) == SOCKET;
		}
		catch (UnsupportedOperationException | IllegalArgumentException ex) {
			logger.debug("The file system does not tell the type of {}", path, ex);
			return false;
		}
	}

	/** As the system counts. */
	private static int lengthOf(Path path) {
		return path.toString().getBytes(StandardCharsets.UTF_8).length;
	}

	/**
	 * Connects without waiting to find out whether a server listens. A server that is too
	 * busy to accept is alive.
	 */
	private static boolean isAlive(SocketSystem sockets, UnixDomainSocketAddress address) throws IOException {
		StreamSocket probe = sockets.open(address);
		try {
			probe.configure(TransportOptions.DEFAULT, true);
			probe.connect(address);
			return true;
		}
		catch (IOException ex) {
			return switch (SocketErrorException.errorOf(ex)) {
				case CONNECTION_REFUSED, NO_SUCH_FILE -> false;
				case TEMPORARILY_UNAVAILABLE -> true;
				case PERMISSION_DENIED -> throw new BindFailedException(address, Reason.PERMISSION_DENIED,
						"permission denied: the socket at the path belongs to another user; remove it, or choose"
								+ " another path",
						ex);
				default -> throw new BindFailedException(address,
						"the socket at the path could not be probed: " + FailureText.of(ex), ex);
			};
		}
		finally {
			probe.close();
		}
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

}
