package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.fault.Fault;

/**
 * How large the body of a request to a hostname may be (option {@code max-body}). A length that is announced is refused
 * before the device hears of the request; a body without one is cut where it exceeds the limit.
 *
 * @param hostname as people know it
 * @param words the limit as an operator wrote it
 */
record BodyLimit(String hostname, long bytes, String words) {
    static final BodyLimit NONE = new BodyLimit("", Long.MAX_VALUE, "");

    static BodyLimit of(Destination destination) {
        if (!(destination instanceof Destination.DevicePort port)) {
            return NONE;
        }
        Optional<Long> most = port.route().options().value(HostnameOption.MAX_BODY);
        return most.map(bytes ->
                        new BodyLimit(port.route().hostname().value(), bytes, HostnameOption.MAX_BODY.text(most)))
                .orElse(NONE);
    }

    boolean isExceededBy(long length) {
        return length > bytes;
    }

    Refusal refusal() {
        return Refusal.of(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                Fault.UPLOAD_TOO_LARGE.problem("limit", words, "hostname", hostname));
    }
}
