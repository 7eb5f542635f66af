package io.streams.demo.cache.command;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import io.streams.demo.cache.resp.Digits;
import io.streams.demo.cache.store.Bytes;

/**
 * The words of a request, the command's name first.
 *
 * @param words the words, at least one
 */
record Arguments(List<byte[]> words) {

	int count() {
		return this.words.size();
	}

	byte[] bytes(int index) {
		return this.words.get(index);
	}

	Bytes key(int index) {
		return Bytes.of(this.words.get(index));
	}

	/**
	 * The words from one on.
	 * @param index the index of the first one
	 * @return a view
	 */
	List<byte[]> from(int index) {
		return this.words.subList(index, this.words.size());
	}

	/**
	 * A word as text.
	 * @param index its index
	 * @return one character a byte
	 */
	String text(int index) {
		return new String(this.words.get(index), StandardCharsets.ISO_8859_1);
	}

	/**
	 * A word that stands for itself.
	 * @param index its index
	 * @return the word in lower case
	 */
	String keyword(int index) {
		return text(index).toLowerCase(Locale.ROOT);
	}

	/**
	 * A word that is a number.
	 * @param index its index
	 * @return the number
	 * @throws CommandException if it is none
	 */
	long integer(int index) {
		return Digits.parse(this.words.get(index)).orElseThrow(CommandException::notAnInteger);
	}

}
