package io.streams.epoll;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LinkLocal}.
 */
@Tag("epoll")
class LinkLocalTests {

	@Test
	void zoneOfAnAddressIsKept() throws IOException {
		byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
		assertThat(LinkLocal.scope(Inet6Address.getByAddress(null, bytes, 7))).isEqualTo(7);
	}

	@Test
	void addressOfAnotherMachineHasNone() throws IOException {
		assertThat(LinkLocal.scope((Inet6Address) InetAddress.getByName("fe80::dead:beef:1"))).isZero();
		assertThat(LinkLocal.scope((Inet6Address) InetAddress.getByName("2001:db8::1"))).isZero();
	}

	@Test
	void addressOfSeveralInterfacesNeedsZone() throws IOException {
		Inet6Address address = (Inet6Address) InetAddress.getByName("fe80::1");
		assertThat(LinkLocal.choose(address, List.of(3))).isEqualTo(3);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> LinkLocal.choose(address, List.of(2, 3)))
			.withMessageContaining("several interfaces")
			.withMessageContaining("add the zone");
	}

}
