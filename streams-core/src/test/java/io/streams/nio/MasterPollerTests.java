package io.streams.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link MasterPoller}: the JDK has a thread of this name still. */
@EnabledOnOs(OS.LINUX)
@EnabledForJreRange(min = JRE.JAVA_24)
class MasterPollerTests {

	@Test
	void findsTheThreadThatWakesASelectOfAVirtualThread() throws Exception {
		Thread waiting = Thread.ofVirtual().start(MasterPollerTests::select);
		assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
		assertThat(MasterPoller.isFound()).isTrue();
		assertThat(MasterPoller.hasEnded()).isFalse();
	}

	private static void select() {
		try (Selector selector = Selector.open()) {
			new SelectorPoller(selector).await(1_000_000, (socket) -> {
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
