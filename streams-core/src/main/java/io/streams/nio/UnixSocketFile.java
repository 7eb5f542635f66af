package io.streams.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
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
	private static final int MAX_PATH_LENGTH = 100;

	private final Path path;

	/**
	 * The file's identity, its inode for one; {@code null} if the file system has none.
	 */
	private final @Nullable Object identity;

	private UnixSocketFile(Path path, @Nullable Object identity) {
		this.path = path;
		this.identity = identity;
	}

	static UnixSocketFile bind(ServerSocketChannel channel, UnixDomainSocketAddress address, ListenSettings settings)
			throws IOException {
		Path path = address.getPath();
		refuseUnusable(address);
		removeIfStale(address);
		Path folder = Files.createTempDirectory(parent(path), ".s");
		try {
			Path hidden = folder.resolve("s");
			boolean fits = hidden.toString().length() <= MAX_PATH_LENGTH;
			bind(channel, fits ? hidden : path, settings);
			if (fits) {
				show(hidden, address);
			}
			return new UnixSocketFile(path, attributes(path).fileKey());
		}
		finally {
			Files.deleteIfExists(folder.resolve("s"));
			Files.delete(folder);
		}
	}

	/**
	 * Binds where, if at all possible, nobody else can reach it until its permissions are
	 * set.
	 */
	private static void bind(ServerSocketChannel channel, Path path, ListenSettings settings) throws IOException {
		channel.bind(UnixDomainSocketAddress.of(path), settings.backlog());
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

	void delete() {
		try {
			Object present = attributes(this.path).fileKey();
			if (present != null && present.equals(this.identity)) {
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
		int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
		if (bytes > MAX_ADDRESS_BYTES) {
			throw new BindFailedException(address, "Unix domain path too long: " + bytes + " bytes, and no client can"
					+ " name more than " + MAX_ADDRESS_BYTES, null);
		}
		if (!Files.isDirectory(parent(path))) {
			throw new BindFailedException(address, "the directory " + parent(path) + " does not exist: create it",
					null);
		}
	}

	private static void removeIfStale(UnixDomainSocketAddress address) throws IOException {
		Path path = address.getPath();
		if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		if (!attributes(path).isOther()) {
			throw new BindFailedException(address,
					"the path exists and is not a socket: remove it, or choose another path", null);
		}
		if (isAlive(address)) {
			throw new BindFailedException(address,
					"Address already in use: a living server answers there; stop it, or choose another path", null);
		}
		Files.delete(path);
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
