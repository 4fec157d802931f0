package sallyport.gateway.cert.dns;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.toolbox.JSON;

/** JSON over HTTPS to a provider. Redirects are not followed: a token must not travel to another host. */
final class HttpApi {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final HttpClient client;
    private final URI base;
    private final Map<String, String> headers;

    HttpApi(URI base, Map<String, String> headers) {
        this(
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build(),
                base,
                headers);
    }

    private HttpApi(HttpClient client, URI base, Map<String, String> headers) {
        this.client = client;
        this.base = base;
        this.headers = Map.copyOf(headers);
    }

    /** The same place with other headers. */
    HttpApi with(Map<String, String> others) {
        return new HttpApi(client, base, others);
    }

    /** What came back. */
    record Answer(int status, String body) {
        /** @throws DnsFailure when the body is not a JSON object */
        JSON json() throws DnsFailure {
            try {
                return JSON.parse(body);
            } catch (AcmeProtocolException e) {
                throw new DnsFailure("the answer is not the JSON that the document promises");
            }
        }
    }

    /**
     * @param path behind the base, with query
     * @param body JSON, or empty for none
     * @throws DnsFailure for every status that is not 2xx, with what the server said
     */
    Answer call(String method, String path, String body) throws DnsFailure, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(ANSWER)
                .header("Accept", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new DnsFailure(base.getHost() + " answered " + answer.statusCode() + ": " + answer.body());
            }
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new DnsFailure(base.getHost() + " cannot be reached: " + reason);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
