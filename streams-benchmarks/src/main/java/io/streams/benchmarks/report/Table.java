package io.streams.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of cells, drawn as a Markdown table whose columns line up.
 */
final class Table {

	private final List<List<String>> rows = new ArrayList<>();

	/** Adds a row; the first one is the head. */
	void row(List<String> cells) {
		this.rows.add(cells);
	}

	String text() {
		StringBuilder text = new StringBuilder();
		List<Integer> widths = widths();
		for (int i = 0; i < this.rows.size(); i++) {
			text.append(line(this.rows.get(i), widths));
			if (i == 0) {
				text.append(line(widths.stream().map("-"::repeat).toList(), widths));
			}
		}
		return text.toString();
	}

	private List<Integer> widths() {
		List<Integer> widths = new ArrayList<>();
		for (int column = 0; column < this.rows.get(0).size(); column++) {
			int at = column;
			widths.add(this.rows.stream().mapToInt((row) -> row.get(at).length()).max().orElse(0));
		}
		return widths;
	}

	private static String line(List<String> cells, List<Integer> widths) {
		StringBuilder line = new StringBuilder("|");
		for (int i = 0; i < cells.size(); i++) {
			String padding = " ".repeat(widths.get(i) - cells.get(i).length());
			line.append(' ').append(cells.get(i)).append(padding).append(" |");
		}
		return line.append('\n').toString();
	}

}
