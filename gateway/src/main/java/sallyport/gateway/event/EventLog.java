package sallyport.gateway.event;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * Writes one line for each event, with device, cause and remedy. What visitors fetched goes to a logger of its own,
 * {@code sallyport.access}. Lines that a stranger can provoke are sampled: a flood of them costs a bounded number of lines
 * and one that counts the rest.
 *
 * <p>Any thread may call it. It never blocks as long as the appender behind it does not ({@code Logging}).
 */
public final class EventLog implements GatewayEvents {
    private static final Logger LOG = LoggerFactory.getLogger("sallyport.event");
    private static final Logger ACCESS = LoggerFactory.getLogger(AccessFields.LOGGER);
    private static final int MAX_TARGET = 512;
    /** Lines a minute about one address that belongs to no device. */
    static final int PER_STRANGER = 10;
    /** Lines a minute about one device; a reconnect with all its ports needs some. */
    static final int PER_DEVICE = 120;

    private final LogSampler strangers;
    private final LogSampler devices;

    public EventLog(Timers timers) {
        strangers = new LogSampler(timers, PER_STRANGER);
        devices = new LogSampler(timers, PER_DEVICE);
    }

    /** Lines that sampling kept back since the start. */
    public long dropped() {
        return strangers.dropped() + devices.dropped();
    }

    @Override
    public void happened(GatewayEvent event) {
        reportDropped(strangers, "refused connections");
        reportDropped(devices, "devices");
        switch (event) {
            case GatewayEvent.LoggedIn e ->
                device(e.device(), Level.INFO, e.from())
                        .addKeyValue("key", e.key().fingerprint().toString())
                        .log(
                                "Device {} logged in from {} as \"{}\" with {}.",
                                e.device(),
                                at(e.from()),
                                e.user(),
                                e.client());
            case GatewayEvent.LoginRefused e -> loginRefused(e);
            case GatewayEvent.UnknownKeyKnocked e ->
                stranger(Level.WARN, e.from())
                        .addKeyValue("key", e.key().fingerprint().toString())
                        .log(
                                "Unknown key {} knocked from {} as \"{}\" with {}. Approve it with `sallyport device add NAME --key FILE`; `sallyport device list --waiting` shows the key.",
                                e.key().fingerprint(),
                                at(e.from()),
                                e.user(),
                                e.client());
            case GatewayEvent.LoginSlowed e ->
                stranger(Level.DEBUG, e.from())
                        .log("Many unknown keys from {}; the next is answered late.", at(e.from()));
            case GatewayEvent.SessionEnded e ->
                device(e.device(), e.why().isPresent() ? Level.WARN : Level.INFO, e.from())
                        .log(
                                "Session of device {} from {} ended after {}.{}",
                                e.device(),
                                at(e.from()),
                                seconds(e.lasted()),
                                words(e.why()));
            case GatewayEvent.ForwardGranted e ->
                device(e.device(), e.warning().isPresent() ? Level.WARN : Level.INFO, e.from())
                        .addKeyValue("port", e.port().value())
                        .log(
                                "Device {} offers port {} from {}.{}",
                                e.device(),
                                e.port(),
                                at(e.from()),
                                words(e.warning()));
            case GatewayEvent.ForwardRefused e ->
                problem(device(e.device(), Level.WARN, e.from()), e.why())
                        .addKeyValue("port", e.port())
                        .log(
                                "Port {} refused to device {} at {}: {}",
                                e.port(),
                                e.device(),
                                at(e.from()),
                                e.why().sentence());
            case GatewayEvent.RequestRefused e ->
                problem(device(e.device(), Level.WARN, e.from()), e.why())
                        .log(
                                "Request of device {} at {} refused: {}",
                                e.device(),
                                at(e.from()),
                                e.why().sentence());
            case GatewayEvent.TakenOver e ->
                device(e.device(), Level.INFO, e.now())
                        .addKeyValue("port", e.port().value())
                        .log(
                                "Port {} of device {} went from the session at {} to a newer one at {}.",
                                e.port(),
                                e.device(),
                                at(e.before()),
                                at(e.now()));
            case GatewayEvent.ConflictChanged e -> conflict(e);
            case GatewayEvent.PortProbed e ->
                device(e.device(), e.problem().isPresent() ? Level.WARN : Level.INFO, null)
                        .addKeyValue("port", e.port().value())
                        .addKeyValue("speech", e.speech().name())
                        .log("Port {} of device {} speaks {}.{}", e.port(), e.device(), e.speech(), words(e.problem()));
            case GatewayEvent.AnswerMended e ->
                device(e.device(), Level.DEBUG, null)
                        .addKeyValue("port", e.port().value())
                        .addKeyValue("slip", e.slip().label())
                        .log(
                                "Port {} of device {} answered with {}.",
                                e.port(),
                                e.device(),
                                e.slip().words());
            case GatewayEvent.ParallelStreamsLowered e ->
                device(e.device(), Level.INFO, null)
                        .addKeyValue("port", e.port().value())
                        .log(
                                "Port {} of device {} serves {} connections at a time; further requests wait.",
                                e.port(),
                                e.device(),
                                e.limit());
            case GatewayEvent.Http1Alone e ->
                device(e.device(), Level.INFO, null)
                        .addKeyValue("hostname", e.hostname())
                        .log(
                                "Device {} ties logins to its connections; {} offers HTTP/1.1 alone until {}.",
                                e.device(),
                                e.hostname(),
                                e.until());
            case GatewayEvent.CertificatePinned e ->
                device(e.device(), Level.INFO, null)
                        .addKeyValue("hostname", e.hostname())
                        .log(
                                "Device {} showed its certificate for {}, which is pinned now: {}",
                                e.device(),
                                e.hostname(),
                                e.fingerprint());
            case GatewayEvent.CertificateChanged e ->
                device(e.device(), Level.WARN, null)
                        .addKeyValue("hostname", e.hostname())
                        .log(
                                "Device {} shows another certificate for {} than the pinned one: {} instead of {}",
                                e.device(),
                                e.hostname(),
                                e.shown(),
                                e.pinned());
            case GatewayEvent.VisitorSecured e -> {} // a line for each connection would be too much
            case GatewayEvent.VisitorRefused e ->
                problem(stranger(Level.INFO, e.from()), e.why())
                        .addKeyValue("front", e.front())
                        .log(
                                "Visitor {} refused at {}{}: {}",
                                at(e.from()),
                                e.front(),
                                name(e.hostname()),
                                e.why().sentence());
            case GatewayEvent.UploadGuarded e ->
                upload(e.upload(), Level.INFO)
                        .log(
                                "{} uploads {} to device {} under {}{}; a stop of the gateway would wait for it.",
                                at(e.upload().from()),
                                e.expected().isPresent() ? e.expected().getAsLong() + " bytes" : "a large body",
                                e.upload().device(),
                                e.upload().hostname(),
                                e.upload().path());
            case GatewayEvent.GuardedUploadEnded e ->
                upload(e.upload(), e.problem().isPresent() ? Level.WARN : Level.INFO)
                        .log(
                                "The upload of {} to device {} under {}{} ended after {} bytes and {}.{}",
                                at(e.upload().from()),
                                e.upload().device(),
                                e.upload().hostname(),
                                e.upload().path(),
                                e.bytes(),
                                seconds(e.took()),
                                words(e.problem()));
            case GatewayEvent.RequestServed e -> served(e);
            case GatewayEvent.ConnectionServed e -> served(e);
            case GatewayEvent.DeadEnd e ->
                problem(device(e.device(), Level.WARN, null), e.why())
                        .addKeyValue("hostname", e.hostname().value())
                        .log(e.why().sentence());
            case GatewayEvent.CertificateObtained e ->
                LOG.atInfo()
                        .addKeyValue("name", String.valueOf(e.name()))
                        .log("A certificate for {} was obtained; it lasts until {}.", e.name(), e.notAfter());
            case GatewayEvent.Notice e ->
                problem(LOG.atWarn(), e.problem()).log(e.problem().sentence());
        }
    }

    private void loginRefused(GatewayEvent.LoginRefused e) {
        LoggingEventBuilder line = e.device().isPresent()
                ? device(e.device().get(), Level.WARN, e.from())
                : stranger(Level.INFO, e.from());
        problem(line, e.why())
                .log(
                        "Login{} from {} with {} refused: {}",
                        e.device().map(device -> " of device " + device).orElse(""),
                        at(e.from()),
                        e.client().isEmpty() ? "no SSH client" : e.client(),
                        e.why().sentence());
    }

    private void conflict(GatewayEvent.ConflictChanged e) {
        LoggingEventBuilder line = device(e.device(), e.active() ? Level.WARN : Level.INFO, e.second());
        if (e.active()) {
            line.log(
                    "The key of device {} is in use by two machines, {} and {}. Give each machine a key of its own.",
                    e.device(),
                    at(e.first()),
                    at(e.second()));
        } else {
            line.log("The key of device {} is in use by one machine again.", e.device());
        }
    }

    private static void served(GatewayEvent.RequestServed e) {
        GatewayEvent.Asked asked = e.asked();
        LoggingEventBuilder line = ACCESS.atInfo()
                .addKeyValue(AccessFields.ID, asked.id())
                .addKeyValue(AccessFields.FROM, at(e.from()))
                .addKeyValue(AccessFields.METHOD, Printable.shorten(asked.method()))
                .addKeyValue(AccessFields.TARGET, Printable.clean(withoutQuery(asked.target()), MAX_TARGET))
                .addKeyValue(AccessFields.PROTOCOL, asked.protocol())
                .addKeyValue(AccessFields.STATUS, e.status())
                .addKeyValue(AccessFields.BYTES_IN, e.bytesIn())
                .addKeyValue(AccessFields.BYTES_OUT, e.bytesOut())
                .addKeyValue(AccessFields.MILLIS, e.took().toMillis())
                .addKeyValue(AccessFields.REFERER, Printable.clean(withoutQuery(asked.referer()), MAX_TARGET))
                .addKeyValue(AccessFields.USER_AGENT, Printable.clean(asked.userAgent(), MAX_TARGET));
        line = with(line, AccessFields.FIRST_BYTE, e.firstByte().map(Duration::toMillis));
        line = with(with(line, "device", e.device()), "hostname", e.hostname());
        line = with(line, "code", e.problem().map(problem -> problem.fault().code()));
        line.log(
                "{} {} {} {} {} in={} out={} {} device={} id={}{}",
                at(e.from()),
                e.hostname().map(Hostname::value).orElse("-"),
                Printable.shorten(asked.method()),
                Printable.clean(withoutQuery(asked.target()), MAX_TARGET),
                e.status(),
                e.bytesIn(),
                e.bytesOut(),
                seconds(e.took()),
                e.device().map(DeviceName::value).orElse("-"),
                asked.id(),
                words(e.problem()));
    }

    /** Queries carry secrets of devices (session ids, passwords in links of cameras): they are not logged. */
    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query) + "?...";
    }

    private static void served(GatewayEvent.ConnectionServed e) {
        LoggingEventBuilder line = ACCESS.atInfo()
                .addKeyValue("device", e.device().value())
                .addKeyValue("port", e.port().value())
                .addKeyValue("from", at(e.from()))
                .addKeyValue("bytesIn", e.bytesIn())
                .addKeyValue("bytesOut", e.bytesOut())
                .addKeyValue("millis", e.took().toMillis());
        line = with(line, "code", e.problem().map(problem -> problem.fault().code()));
        line.log(
                "{} {} port {} in={} out={} {} device={}{}",
                at(e.from()),
                e.hostname().map(Hostname::value).orElse("-"),
                e.port(),
                e.bytesIn(),
                e.bytesOut(),
                seconds(e.took()),
                e.device(),
                words(e.problem()));
    }

    private LoggingEventBuilder device(DeviceName device, Level level, @Nullable InetSocketAddress from) {
        if (!devices.admits(device)) {
            return NOPLoggingEventBuilder.singleton();
        }
        LoggingEventBuilder line = LOG.atLevel(level).addKeyValue("device", device.value());
        return from == null ? line : line.addKeyValue("from", at(from));
    }

    private LoggingEventBuilder upload(GatewayEvent.Upload upload, Level level) {
        return device(upload.device(), level, upload.from())
                .addKeyValue("hostname", upload.hostname().value())
                .addKeyValue("id", upload.id());
    }

    private LoggingEventBuilder stranger(Level level, InetSocketAddress from) {
        return strangers.admits(source(from))
                ? LOG.atLevel(level).addKeyValue("from", at(from))
                : NOPLoggingEventBuilder.singleton();
    }

    /** An IPv6 network is one source: its owner has 2^64 addresses. */
    private static Object source(InetSocketAddress from) {
        byte[] address =
                from.getAddress() == null ? new byte[0] : from.getAddress().getAddress();
        return ByteBuffer.wrap(address, 0, Math.min(address.length, 8));
    }

    private static void reportDropped(LogSampler sampler, String about) {
        long dropped = sampler.endOfWindow();
        if (dropped > 0) {
            LOG.atWarn()
                    .addKeyValue("dropped", dropped)
                    .log("{} more lines about {} were not written in the last minute or more.", dropped, about);
        }
    }

    private static LoggingEventBuilder problem(LoggingEventBuilder line, Problem problem) {
        return line.addKeyValue("code", problem.fault().code());
    }

    private static LoggingEventBuilder with(LoggingEventBuilder line, String name, Optional<?> value) {
        return value.map(present -> line.addKeyValue(name, present instanceof Number ? present : present.toString()))
                .orElse(line);
    }

    private static String words(Optional<Problem> problem) {
        return problem.map(p -> " " + p.sentence()).orElse("");
    }

    private static String name(Optional<Hostname> hostname) {
        return hostname.map(name -> " for " + name).orElse("");
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis < 10_000 ? millis + " ms" : millis / 1000 + " s";
    }

    private static String at(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
