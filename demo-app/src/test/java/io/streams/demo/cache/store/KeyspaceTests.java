package io.streams.demo.cache.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Keyspace}.
 */
class KeyspaceTests {

	private static final Bytes KEY = Bytes.of("key");

	private final AtomicLong clock = new AtomicLong();

	private final Keyspace keys = new Keyspace(this.clock::get);

	@Test
	void findsWhatWasPut() {
		StringValue value = string("value");
		this.keys.put(KEY, value, Keyspace.NEVER);
		assertThat(this.keys.find(Bytes.of("key"))).isSameAs(value);
		assertThat(this.keys.find(Bytes.of("other"))).isNull();
	}

	@Test
	void expiresAtItsDeadline() {
		this.keys.put(KEY, string("value"), 100);
		this.clock.set(99);
		assertThat(this.keys.find(KEY)).isNotNull();
		this.clock.set(100);
		assertThat(this.keys.find(KEY)).isNull();
		assertThat(this.keys.size()).isZero();
		assertThat(this.keys.used()).isZero();
	}

	@Test
	void putForgetsTheFormerDeadline() {
		this.keys.put(KEY, string("value"), 100);
		this.keys.put(KEY, string("value"), Keyspace.NEVER);
		this.clock.set(200);
		assertThat(this.keys.find(KEY)).isNotNull();
		assertThat(this.keys.expiringKeys()).isZero();
	}

	@Test
	void replaceKeepsTheDeadline() {
		this.keys.put(KEY, string("value"), 100);
		this.keys.replace(KEY, string("other"));
		assertThat(this.keys.deadline(KEY)).isEqualTo(100);
	}

	@Test
	void replaceOfAnExpiredKeyHasNoDeadline() {
		this.keys.put(KEY, string("value"), 100);
		this.clock.set(100);
		this.keys.replace(KEY, string("other"));
		assertThat(this.keys.deadline(KEY)).isEqualTo(Keyspace.NEVER);
	}

	@Test
	void manyDeadlinesOfOneKeyCostNoMoreThanOne() {
		IntStream.range(0, 1000).forEach((i) -> this.keys.put(KEY, string("value"), 1000 + i));
		assertThat(this.keys.expiringKeys()).isOne();
	}

	@Test
	void removesExpiredKeysThatNobodyAsksFor() {
		IntStream.range(0, 50).forEach((i) -> this.keys.put(Bytes.of("key" + i), string("value"), 100 + i));
		this.keys.put(KEY, string("value"), Keyspace.NEVER);
		this.clock.set(1000);
		assertThat(sizeSeenByACommand()).isEqualTo(51 - Keyspace.EVICTIONS_PER_CALL);
		assertThat(sizeSeenByACommand()).isEqualTo(51 - 2 * Keyspace.EVICTIONS_PER_CALL);
		assertThat(sizeSeenByACommand()).isOne();
	}

	@Test
	void expiredKeysAreNotListed() {
		this.keys.put(Bytes.of("a"), string("value"), 100);
		this.keys.put(Bytes.of("b"), string("value"), Keyspace.NEVER);
		this.clock.set(100);
		assertThat(this.keys.keys(new Glob(Bytes.of("*").array()))).containsExactly(Bytes.of("b").array());
	}

	@Test
	void emptyValueTakesItsKeyAway() {
		this.keys.change(KEY, ListValue.class, ListValue::new, (list) -> list.push(ListEnd.TAIL, elements("a", "b")));
		assertThat(this.keys.size()).isOne();
		this.keys.change(KEY, ListValue.class, ListValue::new, (list) -> list.pop(ListEnd.HEAD));
		this.keys.change(KEY, ListValue.class, ListValue::new, (list) -> list.pop(ListEnd.HEAD));
		assertThat(this.keys.size()).isZero();
		assertThat(this.keys.used()).isZero();
	}

	@Test
	void changeThatAddsNothingMakesNoKey() {
		this.keys.change(KEY, SetValue.class, SetValue::new, (set) -> set.remove(elements("a")));
		assertThat(this.keys.size()).isZero();
	}

	@Test
	void wrongTypeIsRefused() {
		this.keys.put(KEY, string("value"), Keyspace.NEVER);
		assertThatExceptionOfType(WrongTypeException.class).isThrownBy(() -> this.keys.find(KEY, ListValue.class));
		assertThatExceptionOfType(WrongTypeException.class)
			.isThrownBy(() -> this.keys.change(KEY, SetValue.class, SetValue::new, (set) -> 0));
	}

	@Test
	void countsWhatKeysAndValuesCost() {
		this.keys.put(KEY, string("12345"), Keyspace.NEVER);
		assertThat(this.keys.used()).isEqualTo(Keyspace.KEY_OVERHEAD + 3 + 5);
		this.keys.put(KEY, string("1"), Keyspace.NEVER);
		assertThat(this.keys.used()).isEqualTo(Keyspace.KEY_OVERHEAD + 3 + 1);
		this.keys.put(Bytes.of("hash"), string("x"), 5);
		this.keys.remove(Bytes.of("hash"));
		this.keys.change(Bytes.of("hash"), HashValue.class, HashValue::new, (hash) -> hash.put(bytes("f"), bytes("v")));
		this.keys.change(Bytes.of("hash"), HashValue.class, HashValue::new, (hash) -> hash.remove(elements("f")));
		assertThat(this.keys.used()).isEqualTo(Keyspace.KEY_OVERHEAD + 3 + 1);
		this.keys.clear();
		assertThat(this.keys.used()).isZero();
		assertThat(this.keys.expiringKeys()).isZero();
	}

	@Test
	void commandsExcludeEachOther() throws InterruptedException {
		int threads = 8;
		int rounds = 1000;
		CountDownLatch done = new CountDownLatch(threads);
		for (int i = 0; i < threads; i++) {
			Thread.startVirtualThread(() -> {
				IntStream.range(0, rounds).forEach((round) -> addOne());
				done.countDown();
			});
		}
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(length()).isEqualTo(threads * rounds);
	}

	private void addOne() {
		atomically(() -> {
			int length = length();
			this.keys.put(KEY, new StringValue(new byte[length + 1]), Keyspace.NEVER);
			return length;
		});
	}

	private int length() {
		StringValue value = this.keys.find(KEY, StringValue.class);
		return (value != null) ? value.bytes().length : 0;
	}

	private int sizeSeenByACommand() {
		return atomically(this.keys::size);
	}

	private <T> T atomically(Supplier<T> command) {
		return this.keys.atomically(command);
	}

	private static StringValue string(String text) {
		return new StringValue(bytes(text));
	}

	private static List<byte[]> elements(String... elements) {
		return IntStream.range(0, elements.length).mapToObj((i) -> bytes(elements[i])).toList();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
