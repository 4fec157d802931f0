package sallyport.gateway.event;

/** The names under which a request stands in the access log. */
public final class AccessFields {
    /** The logger of the access log. */
    public static final String LOGGER = "sallyport.access";

    public static final String ID = "id";
    public static final String FROM = "from";
    public static final String METHOD = "method";
    /** Without its query, which may carry secrets of devices. */
    public static final String TARGET = "target";

    public static final String PROTOCOL = "protocol";
    public static final String STATUS = "status";
    public static final String BYTES_IN = "bytesIn";
    public static final String BYTES_OUT = "bytesOut";
    /** Milliseconds from the request's head to the head of its answer. */
    public static final String FIRST_BYTE = "firstByteMillis";
    /** Milliseconds from the request's head to the end of its answer. */
    public static final String MILLIS = "millis";

    public static final String REFERER = "referer";
    public static final String USER_AGENT = "userAgent";

    private AccessFields() {}
}
