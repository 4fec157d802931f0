package sallyport.gateway.directory;

/**
 * A listening port number on the gateway, 1 to 65535.
 *
 * @throws InvalidValue when out of range
 */
public record PortNumber(int value) implements Comparable<PortNumber> {
    public PortNumber {
        if (value < 1 || value > 65535) {
            throw new InvalidValue("port", value + " is not a port", "Use a number from 1 to 65535.");
        }
    }

    /** Parses decimal digits alone (no sign, no blanks). */
    public static PortNumber parse(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidValue(
                    "port", "\"" + Printable.shorten(text) + "\" is not a port", "Use a number from 1 to 65535.");
        }
        return new PortNumber(Integer.parseInt(text));
    }

    /** Below 1024: the kernel lets only privileged processes bind it. */
    public boolean privileged() {
        return value < 1024;
    }

    @Override
    public int compareTo(PortNumber other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
