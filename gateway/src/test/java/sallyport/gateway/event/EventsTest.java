package sallyport.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.HandTimers;

final class EventsTest {
    private static final DeviceName DEVICE = new DeviceName("lab-1");
    private static final PortNumber PORT = new PortNumber(55443);
    private static final Problem REFUSED = Fault.PORT_OWNED.problem("port", 55443, "owner", "lab-2", "ports", "55444");

    private final HandTimers timers = new HandTimers(Instant.parse("2026-11-25T00:00:00Z"));
    private final Logger events = (Logger) LoggerFactory.getLogger("sallyport.event");
    private final Logger access = (Logger) LoggerFactory.getLogger("sallyport.access");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final EventLog log = new EventLog(timers);

    @BeforeEach
    void listen() {
        lines.start();
        for (Logger logger : List.of(events, access)) {
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            logger.addAppender(lines);
        }
    }

    @AfterEach
    void stop() {
        for (Logger logger : List.of(events, access)) {
            logger.detachAppender(lines);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
    }

    private static InetSocketAddress from(int host) {
        try {
            byte[] bytes = {10, (byte) (host >> 16), (byte) (host >> 8), (byte) host};
            return new InetSocketAddress(InetAddress.getByAddress(bytes), 4000);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static DeviceKey key(int number) {
        byte[] blob = ByteBuffer.allocate(8).putInt(number).array();
        return new DeviceKey("ssh-ed25519", "AAAA" + number, KeyFingerprint.of(blob), "", List.of(), Optional.empty());
    }

    private static GatewayEvent knock(int key, int host) {
        return new GatewayEvent.UnknownKeyKnocked(key(key), from(host), "mm", "SSH-2.0-x");
    }

    private static Device device(DeviceKey... keys) {
        return new Device(
                DEVICE,
                "",
                List.of(),
                true,
                List.of(keys),
                List.of(),
                List.of(),
                List.of(Port.privatePort(PORT)),
                PORT,
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
    }

    private List<String> written() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    // the log

    @Test
    void a_line_names_device_cause_and_remedy() {
        log.happened(new GatewayEvent.ForwardRefused(DEVICE, 55443, from(1), REFUSED));
        assertThat(written())
                .containsExactly("Port 55443 refused to device lab-1 at 10.0.0.1:4000: "
                        + "SP-214 Port 55443 belongs to lab-2. This key may use 55444.");
        assertThat(lines.list.getFirst().getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .contains("device=lab-1", "code=SP-214", "port=55443");
    }

    @Test
    void access_lines_go_to_their_own_logger_without_the_query() {
        log.happened(new GatewayEvent.RequestServed(
                Optional.of(DEVICE),
                Optional.of(new Hostname("lab-1.gw.test")),
                from(1),
                new GatewayEvent.Asked(
                        "id-1",
                        "GET",
                        "/video.cgi?user=admin&password=secret",
                        "HTTP/1.1",
                        "https://lab-1.gw.test/?password=secret",
                        "curl"),
                200,
                10,
                2000,
                Optional.of(Duration.ofMillis(7)),
                Duration.ofMillis(12),
                Optional.empty()));
        assertThat(lines.list.getFirst().getLoggerName()).isEqualTo("sallyport.access");
        assertThat(written())
                .containsExactly(
                        "10.0.0.1:4000 lab-1.gw.test GET /video.cgi?... 200 in=10 out=2000 12 ms device=lab-1 id=id-1");
        assertThat(lines.list.getFirst().getKeyValuePairs())
                .noneMatch(pair -> String.valueOf(pair.value).contains("secret"))
                .as("JSON gets plain values")
                .allMatch(pair -> pair.value instanceof String || pair.value instanceof Number);
    }

    @Test
    void a_flood_of_one_stranger_costs_ten_lines_a_minute_and_one_that_counts_the_rest() {
        for (int i = 0; i < 5000; i++) {
            log.happened(new GatewayEvent.LoginRefused(
                    Optional.empty(), from(1), "SSH-2.0-x", Fault.NOT_SSH.problem("address", "10.0.0.1")));
        }
        assertThat(written()).hasSize(EventLog.PER_STRANGER);
        timers.advance(Duration.ofSeconds(61));
        log.happened(new GatewayEvent.LoginRefused(
                Optional.empty(), from(2), "SSH-2.0-x", Fault.NOT_SSH.problem("address", "10.0.0.2")));
        assertThat(written())
                .contains("4990 more lines about refused connections were not written in the last minute or more.");
        assertThat(log.dropped()).isEqualTo(4990);
    }

    @Test
    void a_flood_from_many_addresses_is_bounded_too_and_hides_no_device() {
        for (int host = 0; host < 20_000; host++) {
            log.happened(new GatewayEvent.VisitorRefused(
                    "https", from(host), Optional.empty(), Fault.UNKNOWN_HOSTNAME.problem()));
        }
        assertThat(written()).hasSize(LogSampler.IN_ALL);
        log.happened(new GatewayEvent.ForwardRefused(DEVICE, 55443, from(1), REFUSED));
        assertThat(written()).hasSize(LogSampler.IN_ALL + 1);
    }

    // metrics

    @Test
    void metrics_count_by_code_and_never_by_a_peers_words() {
        Metrics metrics = new Metrics("0.1.0");
        metrics.gauge("sallyport_tunnels", "Live tunnels", () -> 3);
        metrics.certificates(() -> Map.of("a.test", Instant.ofEpochSecond(1_800_000_000)));
        metrics.happened(new GatewayEvent.LoggedIn(DEVICE, key(1), from(1), "u", "SSH-2.0-evil"));
        metrics.happened(new GatewayEvent.LoginRefused(
                Optional.empty(), from(1), "SSH-2.0-evil", Fault.NOT_SSH.problem("address", "x")));
        metrics.happened(new GatewayEvent.ForwardRefused(DEVICE, 1, from(1), REFUSED));
        metrics.happened(new GatewayEvent.LoginSlowed(from(1)));
        metrics.happened(new GatewayEvent.TakenOver(DEVICE, PORT, from(1), from(2)));
        metrics.happened(new GatewayEvent.AnswerMended(DEVICE, PORT, GatewayEvent.Slip.BARE_LINE_FEED));
        metrics.happened(new GatewayEvent.ConflictChanged(DEVICE, true, from(1), from(2)));
        for (int status : new int[] {200, 200, 502, 7777}) {
            metrics.happened(new GatewayEvent.RequestServed(
                    Optional.of(DEVICE),
                    Optional.empty(),
                    from(1),
                    new GatewayEvent.Asked("id", "evil", "/", "HTTP/1.1", "", ""),
                    status,
                    1,
                    2,
                    Optional.empty(),
                    Duration.ofMillis(3),
                    Optional.empty()));
        }
        String text = metrics.text();
        assertThat(text)
                .contains("sallyport_build_info{")
                .contains("version=\"0.1.0\"")
                .contains("sallyport_tunnels 3.0")
                .contains("sallyport_logins_slowed_total 1.0")
                .contains("sallyport_logins_total{reason=\"none\",result=\"ok\"} 1.0")
                .contains("sallyport_logins_total{reason=\"SP-110\",result=\"refused\"} 1.0")
                .contains("sallyport_forwards_total{reason=\"SP-214\",result=\"refused\"} 1.0")
                .contains("sallyport_answers_mended_total{slip=\"bare-line-feed\"} 1.0")
                .contains("sallyport_takeovers_total 1.0")
                .contains("sallyport_key_conflicts 1.0")
                .contains("sallyport_http_requests_total{code=\"200\"} 2.0")
                .contains("sallyport_http_requests_total{code=\"502\"} 1.0")
                .contains("sallyport_http_requests_total{code=\"other\"} 1.0")
                .contains("sallyport_http_request_duration_seconds_count 4")
                .contains("sallyport_visitor_bytes_total{direction=\"out\",front=\"http\"} 8.0")
                .contains("sallyport_cert_not_after_timestamp_seconds{name=\"a.test\"} 1.8E9")
                .doesNotContain("evil");
    }

    // what is remembered of devices

    @Test
    void the_history_of_a_device_tells_what_was_last() {
        DeviceHistory history = new DeviceHistory(timers);
        history.happened(new GatewayEvent.LoggedIn(DEVICE, key(1), from(1), "mm", "SSH-2.0-OpenSSH_9.2"));
        history.happened(new GatewayEvent.PortProbed(DEVICE, PORT, Speech.TLS, Optional.empty()));
        history.happened(new GatewayEvent.TakenOver(DEVICE, PORT, from(1), from(2)));
        history.happened(new GatewayEvent.ConflictChanged(DEVICE, true, from(1), from(2)));
        timers.advance(Duration.ofMinutes(3));
        history.happened(new GatewayEvent.ForwardRefused(DEVICE, 55443, from(1), REFUSED));
        DeviceHistory.Seen seen = history.of(DEVICE);
        assertThat(seen.lastSeen()).contains(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(seen.lastAddress()).contains(from(1));
        assertThat(seen.lastClient()).isEqualTo("SSH-2.0-OpenSSH_9.2");
        assertThat(seen.takeovers()).isEqualTo(1);
        assertThat(seen.conflict()).containsExactly(from(1), from(2));
        assertThat(seen.probes())
                .containsOnlyKeys(PORT)
                .allSatisfy((port, found) -> assertThat(found.speech()).isEqualTo(Speech.TLS));
        assertThat(seen.lastProblem().orElseThrow())
                .isEqualTo(new DeviceHistory.Trouble(Instant.parse("2026-11-25T00:03:00Z"), REFUSED));
        history.happened(new GatewayEvent.ConflictChanged(DEVICE, false, from(1), from(2)));
        assertThat(history.of(DEVICE).conflict()).isEmpty();
    }

    @Test
    void a_flapping_tunnel_shows_in_the_ends_of_its_sessions() {
        DeviceHistory history = new DeviceHistory(timers);
        for (int i = 0; i < 50; i++) {
            history.happened(
                    new GatewayEvent.SessionEnded(DEVICE, from(1), "x", Duration.ofSeconds(3), Optional.empty()));
            timers.advance(Duration.ofMinutes(1));
        }
        assertThat(history.of(DEVICE).ends()).hasSize(DeviceHistory.MAX_ENDS);
        assertThat(history.of(DEVICE).endsWithin(Duration.ofMinutes(5), timers.now()))
                .isEqualTo(4);
    }

    @Test
    void the_history_of_a_removed_device_is_forgotten_and_its_ports_are_bounded() {
        DeviceHistory history = new DeviceHistory(timers);
        for (int port = 1; port <= 1000; port++) {
            history.happened(new GatewayEvent.PortProbed(DEVICE, new PortNumber(port), Speech.DOWN, Optional.empty()));
        }
        assertThat(history.of(DEVICE).probes()).hasSize(DeviceHistory.MAX_PORTS);
        history.directoryChanged(Directory.empty(), Directory.empty());
        assertThat(history.of(DEVICE)).isEqualTo(DeviceHistory.Seen.NOTHING);
    }

    // keys that wait

    @Test
    void a_key_that_knocks_again_is_counted_and_forgotten_once_it_belongs_to_a_device() {
        KnockingKeys keys = new KnockingKeys(timers);
        keys.happened(knock(1, 1));
        timers.advance(Duration.ofMinutes(1));
        keys.happened(knock(1, 2));
        KnockingKeys.Knock knock = keys.find(key(1).fingerprint()).orElseThrow();
        assertThat(knock.count()).isEqualTo(2);
        assertThat(knock.from()).isEqualTo(from(2));
        assertThat(knock.first()).isEqualTo(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(knock.last()).isEqualTo(Instant.parse("2026-11-25T00:01:00Z"));
        keys.directoryChanged(Directory.empty(), new Directory(1, List.of(device(key(1))), List.of()));
        assertThat(keys.list()).isEmpty();
    }

    @Test
    void a_stranger_who_makes_up_keys_cannot_push_out_the_one_that_waits() {
        KnockingKeys keys = new KnockingKeys(timers);
        keys.happened(knock(-1, 7));
        for (int i = 0; i < 5 * KnockingKeys.MAX_KEYS; i++) {
            keys.happened(knock(i, 1));
        }
        assertThat(keys.list()).hasSize(KnockingKeys.MAX_KEYS);
        assertThat(keys.find(key(-1).fingerprint())).isPresent();
    }
}
