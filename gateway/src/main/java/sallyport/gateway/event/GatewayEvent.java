package sallyport.gateway.event;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Problem;

/** Something that happened in the data plane, as a value. Text from peers is cleaned before it gets here. */
public sealed interface GatewayEvent {

    // devices

    /** A device logged in; its session may or may not ask for forwards. */
    record LoggedIn(DeviceName device, DeviceKey key, InetSocketAddress from, String user, String client)
            implements GatewayEvent {}

    /** A login was refused, or a connection ended without one. {@code device} when the signature named one. */
    record LoginRefused(Optional<DeviceName> device, InetSocketAddress from, String client, Problem why)
            implements GatewayEvent {}

    /** A key that no device owns signed correctly, and the session ended without a login. */
    record UnknownKeyKnocked(DeviceKey key, InetSocketAddress from, String user, String client)
            implements GatewayEvent {}

    /** One unknown key too many from one address: it is answered late. */
    record LoginSlowed(InetSocketAddress from) implements GatewayEvent {}

    /** A session of a device ended. */
    record SessionEnded(
            DeviceName device, InetSocketAddress from, String client, Duration lasted, Optional<Problem> why)
            implements GatewayEvent {}

    /** A forward was granted; {@code warning} such as a port that waits or lies in the outgoing range. */
    record ForwardGranted(DeviceName device, PortNumber port, InetSocketAddress from, Optional<Problem> warning)
            implements GatewayEvent {}

    /** A forward was refused. */
    record ForwardRefused(DeviceName device, int port, InetSocketAddress from, Problem why) implements GatewayEvent {}

    /** The newest grant took a port from an older session of the same device. */
    record TakenOver(DeviceName device, PortNumber port, InetSocketAddress before, InetSocketAddress now)
            implements GatewayEvent {}

    /** One key is in use by two machines ({@code active}), or that is over. */
    record ConflictChanged(DeviceName device, boolean active, InetSocketAddress first, InetSocketAddress second)
            implements GatewayEvent {}

    /** A device asked for something that is never given: exec, direct-tcpip, X11. */
    record RequestRefused(DeviceName device, InetSocketAddress from, Problem why) implements GatewayEvent {}

    /** What a device's port speaks was found out, or not. */
    record PortProbed(DeviceName device, PortNumber port, Speech speech, Optional<Problem> problem)
            implements GatewayEvent {}

    /** What a device's port speaks. */
    enum Speech {
        TLS,
        PLAIN,
        UNKNOWN,
        /** The device refuses connections or never answers. */
        DOWN
    }

    /** An answer of a device had a slip that was mended; its connection ends with that answer. */
    record AnswerMended(DeviceName device, PortNumber port, Slip slip) implements GatewayEvent {}

    /** A device was found to serve fewer connections at a time than were opened. */
    record ParallelStreamsLowered(DeviceName device, PortNumber port, int limit) implements GatewayEvent {}

    /** A device was seen to tie logins to its connections: under this hostname HTTP/1.1 is offered alone for a time. */
    record Http1Alone(DeviceName device, Hostname hostname, Instant until) implements GatewayEvent {}

    /** A device's certificate was seen for the first time under a hostname that is to pin it. */
    record CertificatePinned(DeviceName device, Hostname hostname, String fingerprint) implements GatewayEvent {}

    /** A device showed another certificate than the one that is pinned; its visitors are refused. */
    record CertificateChanged(DeviceName device, Hostname hostname, String pinned, String shown)
            implements GatewayEvent {}

    /** Spelling of HTTP that is wrong and yet has one meaning, so that a reader may mend it. */
    enum Slip {
        BARE_LINE_FEED("a line feed without carriage return"),
        FOLDED_FIELD("a folded field line"),
        BLANK_BEFORE_COLON("a blank before a colon"),
        MISSING_REASON("a status line without its last blank"),
        REPEATED_LENGTH("a Content-Length that is repeated"),
        PADDED_CHUNK_SIZE("a chunk size with blanks behind it"),
        CHUNKED_IN_HTTP_1_0("a transfer coding in HTTP/1.0");

        private final String words;

        Slip(String words) {
            this.words = words;
        }

        /** What it is, for the end of a sentence. */
        public String words() {
            return words;
        }

        /** Its name for machines: {@code bare-line-feed}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    // visitors

    /**
     * A visitor's TLS is up.
     *
     * @param version such as {@code TLSv1.3}
     * @param group of the key exchange, as the TLS library names it; {@code unknown} where it does not say (the JDK's)
     */
    record VisitorSecured(InetSocketAddress from, Hostname hostname, String version, String cipher, String group)
            implements GatewayEvent {}

    /** A visitor's connection ended before it reached a device: garbage, timeout, refused, unknown name. */
    record VisitorRefused(String front, InetSocketAddress from, Optional<Hostname> hostname, Problem why)
            implements GatewayEvent {}

    /**
     * One HTTP request was answered.
     *
     * @param status the status that the visitor got
     * @param bytesIn body bytes from the visitor
     * @param bytesOut body bytes to the visitor
     * @param firstByte from the request's head to the head of its answer; empty when there was none
     * @param took from the request's head to the end of its answer
     * @param problem what went wrong in the gateway or behind it, when the gateway answered itself or the answer broke
     */
    record RequestServed(
            Optional<DeviceName> device,
            Optional<Hostname> hostname,
            InetSocketAddress from,
            Asked asked,
            int status,
            long bytesIn,
            long bytesOut,
            Optional<Duration> firstByte,
            Duration took,
            Optional<Problem> problem)
            implements GatewayEvent {}

    /**
     * What a visitor asked for.
     *
     * @param id unique in this gateway; the device gets it as {@code X-Request-Id}
     * @param target as the visitor sent it, with its query
     * @param protocol such as {@code HTTP/1.1}
     * @param referer empty when there was none
     * @param userAgent empty when there was none
     */
    record Asked(String id, String method, String target, String protocol, String referer, String userAgent) {
        /** The target without its query. */
        public String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }
    }

    /**
     * A body on its way to a device.
     *
     * @param id of its request
     * @param path without the query
     */
    record Upload(DeviceName device, Hostname hostname, InetSocketAddress from, String id, String path) {}

    /** An upload began, or grew so large, that a stop of the gateway waits for it. */
    record UploadGuarded(Upload upload, OptionalLong expected) implements GatewayEvent {}

    /** A guarded upload is over: answered by the device, or broken by {@code problem}. */
    record GuardedUploadEnded(Upload upload, long bytes, Duration took, Optional<Problem> problem)
            implements GatewayEvent {}

    /** A raw connection (open port or passthrough) ended. */
    record ConnectionServed(
            DeviceName device,
            PortNumber port,
            Optional<Hostname> hostname,
            InetSocketAddress from,
            long bytesIn,
            long bytesOut,
            Duration took,
            Optional<Problem> problem)
            implements GatewayEvent {}

    /** A device sends its visitors to where only its own network leads. */
    record DeadEnd(DeviceName device, Hostname hostname, String target, Problem why) implements GatewayEvent {}

    // the gateway itself

    /**
     * A certificate authority gave a certificate.
     *
     * @param name with {@code *.} for a wildcard
     */
    record CertificateObtained(String name, Instant notAfter) implements GatewayEvent {}

    /** Something about the gateway itself that an operator should read. */
    record Notice(Problem problem) implements GatewayEvent {}
}
