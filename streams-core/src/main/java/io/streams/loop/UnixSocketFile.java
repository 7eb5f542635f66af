package io.streams.loop;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
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
import io.streams.transport.BindFailedException;
import io.streams.transport.ListenSettings;

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

	/** Bytes of an address that clients can name. */
	private static final int MAX_ADDRESS_BYTES = 107;

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

	static UnixSocketFile bind(ListenSocket socket, UnixDomainSocketAddress address, ListenSettings settings)
			throws IOException {
		refuseUnusable(address);
		BINDING.lock();
		try {
			return bindAlone(socket, address, settings);
		}
		finally {
			BINDING.unlock();
		}
	}

	/** Call with {@link #BINDING} held. */
	private static UnixSocketFile bindAlone(ListenSocket socket, UnixDomainSocketAddress address,
			ListenSettings settings) throws IOException {
		Path path = address.getPath();
		boolean stale = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
		Object identity = stale ? identityOfStale(address) : null;
		Path folder = Files.createTempDirectory(parent(path), ".s");
		try {
			Path hidden = folder.resolve("s");
			boolean fits = lengthOf(hidden) <= MAX_PATH_BYTES;
			if (fits) {
				bind(socket, hidden, settings);
			}
			if (stale) {
				moveAway(address, identity, folder.resolve("stale"));
			}
			if (fits) {
				show(hidden, address);
			}
			else {
				bind(socket, path, settings);
			}
			return of(path, settings.cleanupSocket());
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
	private static void bind(ListenSocket socket, Path path, ListenSettings settings) throws IOException {
		socket.bind(UnixDomainSocketAddress.of(path), settings);
		Files.setPosixFilePermissions(path, settings.unixPermissions());
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
			throw new BindFailedException(address, "Address already in use: another server was quicker", ex);
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

	private static void refuseUnusable(UnixDomainSocketAddress address) throws BindFailedException {
		Path path = address.getPath();
		int bytes = lengthOf(path);
		if (bytes > MAX_ADDRESS_BYTES) {
			throw new BindFailedException(address, "Unix domain path too long: " + bytes + " bytes, and no client can"
					+ " name more than " + MAX_ADDRESS_BYTES, null);
		}
		if (!Files.isDirectory(parent(path))) {
			throw new BindFailedException(address, "the directory " + parent(path) + " does not exist: create it",
					null);
		}
	}

	/**
	 * Finds out that the file is a socket on which nobody answers.
	 * @return the file's identity
	 */
	private static @Nullable Object identityOfStale(UnixDomainSocketAddress address) throws IOException {
		BasicFileAttributes attributes = attributes(address.getPath());
		if (!isSocket(address.getPath())) {
			throw new BindFailedException(address,
					"the path exists and is not a socket: remove it, or choose another path", null);
		}
		if (isAlive(address)) {
			throw new BindFailedException(address,
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
			throw new BindFailedException(address, "Address already in use: another server was quicker", null);
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

	/** Asks without waiting: a living server may be too busy to accept. */
	private static boolean isAlive(UnixDomainSocketAddress address) throws BindFailedException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			probe.configureBlocking(false);
			probe.connect(address);
			return true;
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (SocketException ex) {
			return !String.valueOf(ex.getMessage()).contains("refused");
		}
		catch (IOException ex) {
			throw new BindFailedException(address, "the socket at the path could not be probed: " + ex.getMessage(),
					ex);
		}
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

}
