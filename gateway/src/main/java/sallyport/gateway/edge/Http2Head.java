package sallyport.gateway.edge;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import sallyport.gateway.fault.Fault;

/**
 * Turns the field block of a request of HTTP/2 into the head of a request of HTTP/1.1 (RFC 9113 section 8.3). Pure.
 *
 * <p>A field value here can hold anything, line ends included, and what is harmless in a field block may be a second request
 * in HTTP/1.1. So every name, value, method and target is held to what the decoder of HTTP/1.1 accepts, and nothing is
 * mended: what is malformed ends the stream.
 */
final class Http2Head {
    /** What a request says that it came over, in place of a version of HTTP/1. */
    static final HttpVersion VERSION = new HttpVersion("HTTP", 2, 0, true);

    private static final HeadLimits LIMITS = HeadLimits.VISITOR;
    /** RFC 9113 section 8.2.2. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "http2-settings");

    private final Map<Http2Headers.PseudoHeaderName, String> pseudo =
            new EnumMap<>(Http2Headers.PseudoHeaderName.class);
    private final HttpHeaders fields =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    private final StringBuilder cookie = new StringBuilder();
    private int count;

    private Http2Head() {}

    /**
     * Reads the field block that opens a stream.
     *
     * @param ends the stream ends with it: there is no body
     * @throws MalformedMessage status 400: the stream must be reset; another status: it may be said
     */
    static HttpRequest request(Http2Headers block, boolean ends) throws MalformedMessage {
        Http2Head head = new Http2Head();
        for (Map.Entry<CharSequence, CharSequence> field : block) {
            head.field(field.getKey().toString(), field.getValue().toString());
        }
        head.finishCookie();
        return head.build(ends);
    }

    /** Reads the field block that ends a body. */
    static HttpHeaders trailers(Http2Headers block) throws MalformedMessage {
        Http2Head head = new Http2Head();
        for (Map.Entry<CharSequence, CharSequence> field : block) {
            head.field(field.getKey().toString(), field.getValue().toString());
        }
        if (!head.pseudo.isEmpty()) {
            throw MalformedMessage.bad("a pseudo-header field in trailers");
        }
        HopFields.cleanTrailers(head.fields);
        return head.fields;
    }

    private void field(String name, String value) throws MalformedMessage {
        checkValue(value);
        if (name.length() + value.length() > LIMITS.line()) {
            throw FieldParser.tooLarge();
        }
        if (name.startsWith(":")) {
            Http2Headers.PseudoHeaderName known = Http2Headers.PseudoHeaderName.getPseudoHeader(name);
            if (known == null || !known.isRequestOnly() || pseudo.put(known, value) != null) {
                throw MalformedMessage.bad("a pseudo-header field that is unknown or stands twice");
            }
            return;
        }
        checkName(name);
        if (name.equals("cookie")) {
            crumb(value);
            return;
        }
        boolean teOfTheConnection = name.equals("te") && !value.equalsIgnoreCase("trailers");
        if (OF_THE_CONNECTION.contains(name) || teOfTheConnection) {
            throw MalformedMessage.bad("a field that belongs to a connection of HTTP/1.1");
        }
        if (++count > LIMITS.fields()) {
            throw FieldParser.tooLarge();
        }
        fields.add(name, value);
    }

    /** RFC 9113 section 8.2.3: crumbs are one cookie, with a length like any other line. */
    private void crumb(String value) throws MalformedMessage {
        if (!cookie.isEmpty() && !value.isEmpty()) {
            cookie.append("; ");
        }
        cookie.append(value);
        if (cookie.length() > LIMITS.line()) {
            throw FieldParser.tooLarge();
        }
    }

    private void finishCookie() {
        if (!cookie.isEmpty()) {
            fields.add("cookie", cookie.toString());
        }
    }

    private static void checkName(String name) throws MalformedMessage {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > 0x7f || !FieldParser.isToken((byte) c) || (c >= 'A' && c <= 'Z')) {
                throw MalformedMessage.bad("a field name that is no token in lower case");
            }
        }
        if (name.isEmpty()) {
            throw MalformedMessage.bad("a field without a name");
        }
    }

    /** RFC 9113 section 8.2.1, and what RFC 9110 section 5.5 forbids beyond it. */
    private static void checkValue(String value) throws MalformedMessage {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw MalformedMessage.bad("a control character in a field value");
            }
        }
        if (!value.isEmpty() && (isBlank(value.charAt(0)) || isBlank(value.charAt(value.length() - 1)))) {
            throw MalformedMessage.bad("a field value with a blank at its end");
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private HttpRequest build(boolean ends) throws MalformedMessage {
        String method = required(Http2Headers.PseudoHeaderName.METHOD);
        boolean websocket = pseudo.containsKey(Http2Headers.PseudoHeaderName.PROTOCOL);
        boolean connect = method.equals("CONNECT");
        if (websocket && !connect) {
            throw MalformedMessage.bad("a protocol without CONNECT");
        }
        authority();
        if (connect && !websocket) {
            return new DefaultHttpRequest(VERSION, HttpMethod.CONNECT, fields.get(HttpHeaderNames.HOST), fields, false);
        }
        if (!required(Http2Headers.PseudoHeaderName.SCHEME).equals("https")) {
            throw MalformedMessage.bad("another scheme than https");
        }
        String path = path(required(Http2Headers.PseudoHeaderName.PATH), method);
        if (websocket) {
            return websocket(path);
        }
        checkMethod(method);
        bodyLength(ends);
        return new DefaultHttpRequest(VERSION, HttpMethod.valueOf(method), path, fields, false);
    }

    private String required(Http2Headers.PseudoHeaderName name) throws MalformedMessage {
        String value = pseudo.get(name);
        if (value == null || value.isEmpty()) {
            throw MalformedMessage.bad("a request without " + name.value());
        }
        return value;
    }

    /** RFC 9113 section 8.3.1: what is in :authority is what Host says, and Host stands once. */
    private void authority() throws MalformedMessage {
        String authority = pseudo.get(Http2Headers.PseudoHeaderName.AUTHORITY);
        if (authority == null) {
            return; // the rules for Host apply
        }
        for (String host : fields.getAll(HttpHeaderNames.HOST)) {
            if (!host.equalsIgnoreCase(authority)) {
                throw MalformedMessage.bad("a Host that is another than :authority");
            }
        }
        fields.set("host", authority);
    }

    private static void checkMethod(String method) throws MalformedMessage {
        for (int i = 0; i < method.length(); i++) {
            if (method.charAt(i) > 0x7f || !FieldParser.isToken((byte) method.charAt(i))) {
                throw MalformedMessage.bad("a method that is no token");
            }
        }
    }

    private static String path(String path, String method) throws MalformedMessage {
        boolean asterisk = path.equals("*") && method.equals("OPTIONS");
        if (!path.startsWith("/") && !asterisk) {
            throw MalformedMessage.bad("a path that does not begin with a slash");
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#') {
                throw MalformedMessage.bad("a character that may not stand in a request target");
            }
        }
        return path;
    }

    /** RFC 8441 section 5: the handshake of RFC 6455 without its key, which is made here. */
    private HttpRequest websocket(String path) throws MalformedMessage {
        if (!"websocket".equals(pseudo.get(Http2Headers.PseudoHeaderName.PROTOCOL))) {
            throw new MalformedMessage(Refusal.of(
                    HttpResponseStatus.NOT_IMPLEMENTED,
                    Fault.BAD_REQUEST.problem("detail", "CONNECT for another protocol than websocket")));
        }
        fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        fields.set("connection", "Upgrade").set("upgrade", "websocket");
        fields.set("sec-websocket-key", WebSocketKey.random().value());
        return new DefaultHttpRequest(VERSION, HttpMethod.GET, path, fields, false);
    }

    private void bodyLength(boolean ends) throws MalformedMessage {
        BodyLength length = BodyLength.of(fields, LIMITS.grammar());
        if (ends && length.bytes() > 0) {
            throw MalformedMessage.bad("a Content-Length without a body");
        }
        if (!ends && length.kind() == BodyLength.Kind.NONE) {
            fields.set("transfer-encoding", "chunked");
        }
    }
}
