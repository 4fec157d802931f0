package sallyport.gateway.directory;

import java.util.Arrays;
import java.util.List;

/** A field that tells a device about its visitor (RFC 7239 and the older ones) and the request. */
public enum ForwardedField {
    FORWARDED("Forwarded"),
    X_FORWARDED_FOR("X-Forwarded-For"),
    X_FORWARDED_HOST("X-Forwarded-Host"),
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    /** Not about the visitor but about the request: the number under which it stands in the access log. */
    X_REQUEST_ID("X-Request-Id");

    private final String fieldName;

    ForwardedField(String fieldName) {
        this.fieldName = fieldName;
    }

    /** As it stands in the request. */
    public String fieldName() {
        return fieldName;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(ForwardedField::fieldName).toList();
    }
}
