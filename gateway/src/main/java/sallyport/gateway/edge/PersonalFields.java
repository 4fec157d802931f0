package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What makes an exchange one visitor's own, so that its connection to the device must not serve others too. In doubt it is.
 * Pure.
 */
final class PersonalFields {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    /** Devices have names of their own for tokens; whatever sounds like one is taken for one. */
    private static final List<String> SECRETS =
            List.of("auth", "cookie", "token", "session", "csrf", "xsrf", "api-key", "apikey", "secret", "password");

    private PersonalFields() {}

    /** True for a request that does more than read, or that says who asks. */
    static boolean in(HttpRequest request) {
        HttpHeaders fields = request.headers();
        return !READING.contains(request.method())
                || fields.contains(HttpHeaderNames.CONTENT_LENGTH)
                || fields.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || fields.contains(HttpHeaderNames.UPGRADE)
                || fields.names().stream().anyMatch(PersonalFields::isSecret);
    }

    /** True for an answer that asks who the visitor is, or gives it something to say so. */
    static boolean in(HttpResponse answer) {
        return answer.status().code() == HttpResponseStatus.UNAUTHORIZED.code()
                || answer.headers().names().stream().anyMatch(PersonalFields::isSecret);
    }

    private static boolean isSecret(String name) {
        String canonical = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return SECRETS.stream().anyMatch(canonical::contains);
    }
}
