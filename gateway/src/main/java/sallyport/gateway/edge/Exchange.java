package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** One request and how far its answer has come. Lives on the visitor's loop. */
final class Exchange {
    final HttpRequest request;
    final String method;
    /** As the visitor sent it. */
    final String target;

    final String id = RequestId.next();
    final String protocol;
    final String referer;
    final String userAgent;

    final long started;
    final boolean hasBody;
    /** Bytes of the body as the visitor announced them; -1: it did not. */
    final long announced;

    final boolean oldVersion;
    final boolean expectsContinue;
    final Optional<String> upgrade;

    /** By the hostname's options, once it is known where the request leads. */
    BodyLimit limit = BodyLimit.NONE;

    boolean keepAlive;
    /** The visitor has sent all of it. */
    boolean requestDone;
    /** Its head was written to a device's connection. */
    boolean sent;

    boolean retried;
    /** The device asked for the body that the visitor announced. */
    boolean continued;
    /** Bytes of the body that have left for the device. */
    private long delivered;

    private boolean deliveredAll;
    /** The rest of the body goes nowhere. */
    boolean uploadStopped;
    /** A byte of the device's answer has come, interim answers included. */
    boolean deviceSpoke;

    /** The device's connection ends with this answer. */
    boolean deviceCloses;

    boolean answerStarted;
    boolean answerDone;
    private long firstByteNanos = -1;
    int status;
    long bytesIn;
    long bytesOut;
    /** The tunnel at the moment of sending. */
    OptionalLong tunnel = OptionalLong.empty();

    @Nullable
    Problem problem;

    /** Who asks, when a proxy in front said so. */
    @Nullable
    Introduction introduction;

    /** What stands in the visitor's address line, as far as it is known. */
    String publicHost = "";

    /** What operators see of the body; null before the device gets the request, and without one. */
    @Nullable
    Upload upload;

    /** How visitor and device call each other; null for the console, and before a device was chosen. */
    @Nullable
    SpokenNames names;

    Exchange(HttpRequest request, long started) {
        this.request = request;
        this.started = started;
        method = request.method().name();
        target = request.uri();
        protocol = request.protocolVersion().text();
        referer = request.headers().get(HttpHeaderNames.REFERER, "");
        userAgent = request.headers().get(HttpHeaderNames.USER_AGENT, "");
        oldVersion = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        hasBody = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || request.headers()
                        .get(HttpHeaderNames.CONTENT_LENGTH, "0")
                        .chars()
                        .anyMatch(digit -> digit != '0');
        announced = Long.parseLong(request.headers().get(HttpHeaderNames.CONTENT_LENGTH, hasBody ? "-1" : "0"));
        requestDone = !hasBody;
        keepAlive = !oldVersion
                && !request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        expectsContinue = !oldVersion
                && hasBody
                && request.headers().containsValue(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
        upgrade = oldVersion || hasBody
                ? Optional.empty()
                : HopFields.upgrade(request.headers()).filter(protocol -> !protocol.equalsIgnoreCase("h2c"));
    }

    /** Who asks: whom a proxy in front has introduced, else who is at the other end of the connection. */
    Visitor visitor(Visitor connected) {
        return introduction == null ? connected : new Visitor(connected.hostname(), introduction.visitor());
    }

    /** The head of the answer, whoever gave it, is on its way at this moment of the front's clock. */
    void answering(long now) {
        answerStarted = true;
        firstByteNanos = Math.max(0, now - started);
    }

    /** Bytes of the body have come from the visitor. */
    void received(int bytes, boolean last) {
        bytesIn += bytes;
        if (upload != null) {
            upload.passed(bytes, last);
        }
    }

    /** Bytes of the body have left for the device, its last ones perhaps. */
    void delivered(int bytes, boolean last) {
        delivered += bytes;
        deliveredAll |= last;
    }

    /** The device's connection ended without an answer: what that means depends on how much of the request it got. */
    Problem brokenByDevice() {
        if (!hasBody) {
            return Fault.ANSWER_BROKEN.problem();
        }
        return deliveredAll
                ? Fault.CLOSED_AFTER_UPLOAD.problem("bytes", bytesIn)
                : Fault.UPLOAD_BROKEN.problem("bytes", amount(delivered));
    }

    /** The visitor's connection ended before the answer did. */
    void visitorLeft() {
        if (!requestDone && !uploadStopped && problem == null) {
            problem = Fault.UPLOAD_LEFT.problem("bytes", amount(bytesIn));
        }
    }

    private String amount(long bytes) {
        return announced < 0 ? Long.toString(bytes) : bytes + " of " + announced;
    }

    Optional<Duration> firstByte() {
        return firstByteNanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(firstByteNanos));
    }

    boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    /** Safe to send again although a device may have got it (RFC 9110 section 9.2.2). */
    boolean repeatable() {
        return !hasBody && (isHead() || request.method().equals(HttpMethod.GET)) && upgrade.isEmpty();
    }

    /**
     * True when the visitor's connection can carry another request after this one. What comes behind a request to switch
     * protocols may be of the other one, so a refused switch ends the connection (RFC 9110 section 7.8).
     */
    boolean leavesConnectionUsable() {
        return keepAlive && requestDone && !uploadStopped && upgrade.isEmpty();
    }
}
