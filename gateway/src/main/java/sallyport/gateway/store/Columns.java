package sallyport.gateway.store;

import java.util.Optional;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;

/** Values of a row. */
final class Columns {
    private Columns() {}

    static String text(RowView row, String column) {
        return findText(row, column).orElseThrow(() -> new IllegalArgumentException(column + " is empty"));
    }

    static Optional<String> findText(RowView row, String column) {
        @Nullable String value = row.getColumn(column, String.class);
        return Optional.ofNullable(value);
    }

    static long number(RowView row, String column) {
        return findNumber(row, column).orElseThrow(() -> new IllegalArgumentException(column + " is empty"));
    }

    static Optional<Long> findNumber(RowView row, String column) {
        @Nullable Long value = row.getColumn(column, Long.class);
        return Optional.ofNullable(value);
    }
}
