package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.HandTimers;

/** What the gateway sees of devices whose TLS it passes through. */
final class PassthroughCheckTest {
    private static final ServerCertificate FIRST = TestCertificates.selfSigned("first");
    private static final ServerCertificate SECOND = TestCertificates.selfSigned("second");

    private final HandTimers timers = new HandTimers();
    private final TestFront front = new TestFront(settings -> settings, timers);
    private final List<Map<Hostname, String>> remembered = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        front.close();
    }

    private static RawDevice showing(ServerCertificate certificate) throws IOException {
        return RawDevice.start(Optional.of(TestCertificates.serving(certificate)), 0, connection -> connection.head());
    }

    private static String fingerprint(ServerCertificate certificate) {
        return DeviceCertificate.fingerprint(certificate.certificate());
    }

    private PassthroughCheck checking(Map<Hostname, String> known) {
        PassthroughCheck check = new PassthroughCheck(
                front.directory,
                front.tunnels,
                timers,
                front.events::add,
                front.loops.group().next(),
                known,
                remembered::add);
        front.directory.subscribe(check);
        front.tunnels.listen(check);
        return check;
    }

    /** Turns the clock until the device is asked, and no further: the rest of a look has a deadline. */
    private void awaitShown(PassthroughCheck check, RawDevice device, ServerCertificate certificate) {
        await().until(() -> {
            timers.advance(PassthroughCheck.AFTER_GRANT);
            return device.connections() == 1;
        });
        await().until(() -> check.find(TestFront.NAME)
                .filter(shown -> shown.fingerprint().equals(fingerprint(certificate))
                        && shown.at().isPresent())
                .isPresent());
    }

    private List<Fault> notices() {
        return front.events(GatewayEvent.Notice.class).stream()
                .map(notice -> notice.problem().fault())
                .toList();
    }

    @Test
    void a_granted_port_is_looked_at_and_another_certificate_is_told() throws Exception {
        try (RawDevice one = showing(FIRST);
                RawDevice two = showing(SECOND)) {
            front.publish(d -> d, TestFront::passthrough);
            PassthroughCheck check = checking(Map.of());
            LoopbackTunnel tunnel = front.connect(one.address());
            awaitShown(check, one, FIRST);
            assertThat(notices()).isEmpty();

            front.disconnect(tunnel);
            front.connect(two.address());
            awaitShown(check, two, SECOND);

            await().until(() -> notices().equals(List.of(Fault.PASSTHROUGH_CERTIFICATE_CHANGED)));
            assertThat(remembered)
                    .containsExactly(
                            Map.of(TestFront.NAME, fingerprint(FIRST)), Map.of(TestFront.NAME, fingerprint(SECOND)));
        }
    }

    @Test
    void what_was_remembered_before_a_restart_counts() throws Exception {
        try (RawDevice device = showing(FIRST)) {
            front.publish(d -> d, TestFront::passthrough);
            PassthroughCheck check = checking(Map.of(TestFront.NAME, fingerprint(SECOND)));
            front.connect(device.address());
            awaitShown(check, device, FIRST);

            await().until(() -> notices().equals(List.of(Fault.PASSTHROUGH_CERTIFICATE_CHANGED)));
        }
    }

    @Test
    void a_name_is_looked_at_as_soon_as_it_is_passed_through_and_forgotten_when_it_is_not() throws Exception {
        try (RawDevice device = showing(FIRST)) {
            front.publish(d -> d, r -> r);
            PassthroughCheck check = checking(Map.of());
            front.connect(device.address());
            timers.advance(PassthroughCheck.AFTER_GRANT);
            assertThat(check.find(TestFront.NAME)).isEmpty();

            front.publish(d -> d, TestFront::passthrough);
            await().until(() -> check.find(TestFront.NAME).isPresent());

            front.publish(d -> d, r -> r);
            assertThat(check.find(TestFront.NAME)).isEmpty();
        }
    }

    @Test
    void every_hour_it_is_looked_at_again_and_a_silent_device_holds_nothing_up() throws Exception {
        try (RawDevice silent = RawDevice.running(connection -> connection.read())) {
            front.publish(d -> d, TestFront::passthrough);
            checking(Map.of());
            front.connect(silent.address());
            await().until(() -> {
                timers.advance(PassthroughCheck.AFTER_GRANT);
                return silent.connections() == 1;
            });
            timers.advance(CertificateLook.PATIENCE);
            await().until(() -> {
                timers.advance(PassthroughCheck.PERIOD);
                return silent.connections() >= 2 * PassthroughCheck.MAX_LOOKS;
            });
        }
    }
}
