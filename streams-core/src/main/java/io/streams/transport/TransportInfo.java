package io.streams.transport;

import java.net.SocketAddress;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * What is known about a connection, captured when it was made, so that it survives the
 * close.
 * <p>
 * asyncio counterpart: {@code get_extra_info(name)}, with typed keys.
 *
 * @param localAddress asyncio's {@code sockname}; {@code null} if the transport has none
 * @param remoteAddress asyncio's {@code peername}; {@code null} if the peer has no name,
 * as a client of a Unix socket has not
 * @param attributes all else, by key
 * @since 0.1
 */
public record TransportInfo(@Nullable SocketAddress localAddress, @Nullable SocketAddress remoteAddress,
		Map<Key<?>, Object> attributes) {

	/** Nothing is known. */
	public static final TransportInfo NONE = new TransportInfo(null, null, Map.of());

	/** The options of the socket. */
	public static final Key<SocketOptionAccess> SOCKET = new Key<>("socket", SocketOptionAccess.class);

	/** The user at the other end of a Unix socket. */
	public static final Key<UserPrincipal> PEER_USER = new Key<>("peer_user", UserPrincipal.class);

	/** The group at the other end of a Unix socket. */
	public static final Key<GroupPrincipal> PEER_GROUP = new Key<>("peer_group", GroupPrincipal.class);

	/** The TLS session: protocol, cipher suite, certificates. */
	public static final Key<SSLSession> TLS_SESSION = new Key<>("ssl_session", SSLSession.class);

	/** The protocol that was agreed on by ALPN. */
	public static final Key<String> APPLICATION_PROTOCOL = new Key<>("application_protocol", String.class);

	/** Copies the attributes. */
	public TransportInfo {
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Looks an attribute up.
	 * @param key its key
	 * @param <T> its type
	 * @return its value, or {@code null}
	 */
	public <T> @Nullable T get(Key<T> key) {
		Object value = this.attributes.get(key);
		return (value != null) ? key.type().cast(value) : null;
	}

	/**
	 * The same with more attributes.
	 * @param added the attributes to add
	 * @return a new info
	 */
	public TransportInfo with(Map<Key<?>, Object> added) {
		Map<Key<?>, Object> all = new HashMap<>(this.attributes);
		all.putAll(added);
		return new TransportInfo(this.localAddress, this.remoteAddress, all);
	}

	/**
	 * The name and type of an attribute.
	 *
	 * @param name the name, in asyncio's words where it has one
	 * @param type the type of its values
	 * @param <T> the type of its values
	 */
	public record Key<T>(String name, Class<T> type) {
	}

}
