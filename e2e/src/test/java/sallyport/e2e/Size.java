package sallyport.e2e;

/** How large a proof run is: small in {@code ./check}, full in {@code ./check long}, with the same code. */
final class Size {
    private static final boolean LONG = Boolean.getBoolean("sallyport.long");

    private Size() {}

    static int of(int small, int full) {
        return LONG ? full : small;
    }

    static long mebibytes(int small, int full) {
        return (long) of(small, full) * 1024 * 1024;
    }
}
