package sallyport.app;

/** What scripts and service managers are told; part of the command line's contract. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** A usage error or a value that cannot be, also when the gateway finds it. */
    static final int USAGE = 2;

    static final int NOT_FOUND = 3;
    /** Owned by somebody else, in conflict, or no right to do it. */
    static final int REFUSED = 4;

    static final int UNREACHABLE = 5;
    /** EX_CONFIG of sysexits(3): starting again does not help. */
    static final int CONFIGURATION = 78;

    private ExitCode() {}

    /** The exit code for an answer of the API. */
    static int ofStatus(int status) {
        return switch (status) {
            case 400, 413, 422 -> USAGE;
            case 404 -> NOT_FOUND;
            case 401, 403, 409, 421 -> REFUSED;
            default -> FAILED;
        };
    }
}
