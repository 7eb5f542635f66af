package io.streams.spring.actuate;

import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Writes pages of connections as JSON, one at a time, and shares the last one with
 * requests for the same page of the same view.
 */
public final class PageJson {

	private final Function<Object, byte[]> writer;

	/** Softly held, because a page may have half a mebibyte. Written during a turn. */
	private volatile Reference<Written> latest = new SoftReference<>(null);

	/**
	 * Create an instance.
	 * @param writer writes an object as JSON, as the endpoint's responses are written
	 */
	public PageJson(Function<Object, byte[]> writer) {
		this.writer = writer;
	}

	/**
	 * Returns a page as JSON.
	 * @param page the page
	 * @param turn lets one request write at a time
	 * @return the JSON; not to be changed
	 * @throws BusyException if the request waited for its turn for too long
	 */
	byte[] write(ServerPage page, Turn turn) {
		byte[] written = find(page);
		return (written != null) ? written : turn.take(() -> {
			byte[] another = find(page);
			return (another != null) ? another : writeNow(page);
		});
	}

	private byte @Nullable [] find(ServerPage page) {
		Written written = this.latest.get();
		return (written != null && written.page.isSame(page)) ? written.json : null;
	}

	private byte[] writeNow(ServerPage page) {
		byte[] json = this.writer.apply(page.describe());
		this.latest = new SoftReference<>(new Written(page, json));
		return json;
	}

	private static final class Written {

		private final ServerPage page;

		private final byte[] json;

		private Written(ServerPage page, byte[] json) {
			this.page = page;
			this.json = json;
		}

	}

}
