package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private static final Set<String> REFERENCES = Set.of("origin", "referer", "destination");

    private RequestTranslation() {}

    /** Once for each request, also when it is sent again; the console's own requests stay as they are. */
    static void apply(Exchange exchange, DeviceConnection to) {
        if (exchange.names != null || !(to.destination() instanceof Destination.DevicePort port)) {
            return;
        }
        HttpHeaders fields = exchange.request.headers();
        SpokenNames names = new SpokenNames(port.route(), exchange.publicHost, to.speaksTls() ? "https" : "http");
        exchange.names = names;
        forward(fields, port.route().options().value(HostnameOption.FORWARDED));
        names.asked().ifPresent(asked -> rename(fields, asked.authority(), names));
    }

    private static void forward(HttpHeaders fields, Set<ForwardedField> chosen) {
        Set<ForwardedField> refused = EnumSet.allOf(ForwardedField.class);
        refused.removeAll(chosen);
        refused.forEach(field -> fields.remove(field.fieldName()));
    }

    /** Every field stays in its place: some devices want Host to be the first. */
    private static void rename(HttpHeaders fields, String host, SpokenNames names) {
        List<Map.Entry<String, String>> all = fields.entries();
        fields.clear();
        for (Map.Entry<String, String> field : all) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            String value = field.getValue();
            boolean refers = REFERENCES.contains(name);
            fields.add(field.getKey(), name.equals("host") ? host : refers ? names.toDevice(value) : value);
        }
    }
}
