package sallyport.gateway.config;

import java.util.Comparator;

/**
 * Where a value stands.
 *
 * @param rank sources of a higher rank override those of a lower one, and come later in the list of problems
 * @param source the file as it was named, the environment variable, or the option
 * @param line from 1; 0 when the source has no lines
 * @param column from 1, in characters
 */
record Place(int rank, String source, int line, int column) implements Comparable<Place> {
    private static final Comparator<Place> READING_ORDER = Comparator.comparingInt(Place::rank)
            .thenComparing(Place::source)
            .thenComparingInt(Place::line)
            .thenComparingInt(Place::column);

    static final Place DEFAULT = new Place(-1, "default", 0, 0);

    @Override
    public int compareTo(Place other) {
        return READING_ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
