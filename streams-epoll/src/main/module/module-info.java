/**
 * Sockets over Linux' epoll. Event loops use them where the module is present: on the
 * module path it needs no {@code requires}. Allow its native calls with
 * {@code --enable-native-access=io.streams.epoll}.
 */
module io.streams.epoll {

	requires io.streams;
	requires jdk.net;
	requires org.slf4j;

	requires static org.jspecify;

	provides io.streams.loop.TransportFactoryProvider with io.streams.epoll.EpollTransportProvider;

}
