package io.streams.spring.actuate;

import java.util.function.Predicate;

import io.streams.ConnectionSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A page of the connections in a view.
 *
 * @param view the view
 * @param number the number of the page, from 0 on
 * @param size the number of connections on a page
 * @param filter the connections that are shown, or {@code null} for all
 */
record ServerPage(ServerView view, int number, int size, @Nullable ConnectionFilter filter) {

	ServerConnectionsDescriptor describe() {
		Predicate<ConnectionSnapshot> shown = (this.filter != null) ? this.filter : (connection) -> true;
		return ServerConnectionsDescriptor.of(this.view, this.view.connections().stream().filter(shown).toList(),
				this.number, this.size);
	}

	/** Whether two pages have the same content. Comparing the views would take long. */
	boolean isSame(ServerPage other) {
		return this.view == other.view && this.number == other.number && this.size == other.size
				&& this.filter == other.filter;
	}

}
