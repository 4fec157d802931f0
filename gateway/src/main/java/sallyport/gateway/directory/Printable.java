package sallyport.gateway.directory;

/** Peer-supplied text made fit for logs, terminals and answers: no control characters, bounded length. */
public final class Printable {
    private static final int SHORT = 80;

    private Printable() {}

    /** The text with every control or non-ASCII character as {@code ?}, cut to 80 characters. */
    public static String shorten(String text) {
        return clean(text, SHORT);
    }

    /** The text with every control or non-ASCII character as {@code ?}, cut to {@code limit} characters. */
    public static String clean(String text, int limit) {
        int length = Math.min(text.length(), limit);
        StringBuilder clean = new StringBuilder(length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            clean.append(c >= ' ' && c <= '~' ? c : '?');
        }
        if (text.length() > limit) {
            clean.append("...");
        }
        return clean.toString();
    }
}
