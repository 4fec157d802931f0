package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import sallyport.gateway.directory.ForwardedField;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.AccessRules.Destination;

/**
 * The last step of a request's head before a device gets it: what the options of its hostname say about Host and about the
 * fields that tell who the visitor is. Where Host is rewritten, what a device compares with it (Origin, Referer, and the
 * Destination of WebDAV) is rewritten in step, so that it never sees two names.
 */
final class RequestTranslation {
    private static final List<String> REFERENCES = List.of("Origin", "Referer", "Destination");

    private RequestTranslation() {}

    /** Once for each request, also when it is sent again; the console's own requests stay as they are. */
    static void apply(Exchange exchange, DeviceConnection to) {
        if (exchange.names != null || !(to.destination() instanceof Destination.DevicePort port)) {
            return;
        }
        HttpHeaders fields = exchange.request.headers();
        SpokenNames names =
                new SpokenNames(port.route(), fields.get(HttpHeaderNames.HOST, ""), to.speaksTls() ? "https" : "http");
        exchange.names = names;
        forward(fields, port.route().options().value(HostnameOption.FORWARDED));
        names.asked().ifPresent(asked -> {
            fields.set("Host", asked.authority());
            REFERENCES.forEach(name -> translate(fields, name, names));
        });
    }

    private static void forward(HttpHeaders fields, Set<ForwardedField> chosen) {
        Set<ForwardedField> refused = EnumSet.allOf(ForwardedField.class);
        refused.removeAll(chosen);
        refused.forEach(field -> fields.remove(field.fieldName()));
    }

    private static void translate(HttpHeaders fields, String name, SpokenNames names) {
        List<String> values = fields.getAll(name);
        if (!values.isEmpty()) {
            fields.set(name, values.stream().map(names::toDevice).toList());
        }
    }
}
