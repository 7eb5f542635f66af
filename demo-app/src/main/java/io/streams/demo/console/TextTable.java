package io.streams.demo.console;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text in columns as wide as they need to be.
 */
final class TextTable {

	private static final String GAP = "  ";

	private final List<List<String>> rows = new ArrayList<>();

	/**
	 * Adds a row.
	 * @param cells its cells, as many as the other rows have
	 * @return this table
	 */
	TextTable row(String... cells) {
		this.rows.add(List.of(cells));
		return this;
	}

	/**
	 * The table as text.
	 * @return one line a row
	 */
	String render() {
		StringBuilder text = new StringBuilder();
		for (List<String> row : this.rows) {
			StringBuilder line = new StringBuilder();
			for (int column = 0; column < row.size(); column++) {
				line.append(row.get(column)).append(" ".repeat(width(column) - row.get(column).length())).append(GAP);
			}
			text.append(line.toString().stripTrailing()).append('\n');
		}
		return text.toString();
	}

	private int width(int column) {
		return this.rows.stream().mapToInt((row) -> row.get(column).length()).max().orElse(0);
	}

}
