package io.github.dmabuf4j.cli.report;

import java.util.ArrayList;
import java.util.List;

/** A table for people: a column of names, then columns of results that line up. */
public final class ResultTable {
    private final List<String[]> rows = new ArrayList<>();

    /** Makes an empty table. */
    public ResultTable() {}

    /**
     * Adds a row.
     *
     * @param name what the row is about; empty for the row of titles
     * @param results one for each column; rows may differ in length
     * @return this table
     */
    public ResultTable row(String name, String... results) {
        String[] cells = new String[results.length + 1];
        cells[0] = name;
        System.arraycopy(results, 0, cells, 1, results.length);
        rows.add(cells);
        return this;
    }

    /** The table as lines, each with its newline. */
    @Override
    public String toString() {
        int columns = 0;
        for (String[] row : rows) {
            columns = Math.max(columns, row.length);
        }
        int[] widths = new int[columns];
        for (String[] row : rows) {
            // A result that stands alone in its row is a remark: it does not make the column wide.
            int counted = row.length == 2 && columns > 2 ? 1 : row.length;
            for (int column = 0; column < counted; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                line.append(row[column]);
                if (column < row.length - 1) {
                    line.append(" ".repeat(widths[column] - row[column].length() + 2));
                }
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
