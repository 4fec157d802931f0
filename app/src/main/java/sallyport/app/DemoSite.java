package sallyport.app;

import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.KeyText;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.testkit.DeviceClient;
import sallyport.testkit.FreePort;
import sallyport.testkit.GatewayFixture;
import sallyport.testkit.SampleAppliance;

/**
 * A whole installation on this machine: the sample appliance, a gateway with a store in a temporary folder, and the appliance's
 * tunnel to it over real SSH on loopback. What was opened last is closed first.
 */
final class DemoSite implements AutoCloseable {
    /** Browsers take every name below {@code localhost} for this machine. */
    private static final String DOMAIN = "sallyport.localhost";

    private static final DeviceName APPLIANCE = new DeviceName("bench-meter-4");
    private static final String USER = "mmremote";

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final List<String> story = new ArrayList<>();
    private final RoundTrip.Place place;

    private DemoSite() throws IOException {
        // Ctrl-C, also in the middle of the start
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("demo-end").unstarted(this::close));
        try {
            SampleAppliance appliance = opened(SampleAppliance.start(APPLIANCE.value()));
            told("Appliance " + APPLIANCE + " listens on https://127.0.0.1:" + appliance.port()
                    + "/, for nobody but its own tunnel.");

            GatewayFixture fixture = opened(GatewayFixture.start(DOMAIN));
            int ssh = fixture.sshPort();
            told("Gateway accepts devices on 127.0.0.1:" + ssh + " (SSH); its store is in " + fixture.data() + ".");

            KeyPair key = DeviceClient.newKey();
            int openPort = FreePort.pick();
            fixture.gateway().editor().addDevice(device(key, openPort));
            told("Device added: sallyport device add " + APPLIANCE + " --key FILE --open-port 127.0.0.1:" + openPort);

            DeviceClient tunnel = opened(opened(new DeviceClient.Fleet()).dial(ssh, USER, key));
            tunnel.forward(openPort, appliance.port());
            told("Tunnel up: ssh -N -p " + ssh + " -R " + openPort + ":localhost:" + appliance.port() + " " + USER
                    + "@127.0.0.1");

            place = new RoundTrip.Place(
                    APPLIANCE + "." + DOMAIN, fixture.httpsPort(), fixture.httpPort(), openPort, fixture.ca());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts everything, or nothing. */
    static DemoSite start() throws IOException {
        return new DemoSite();
    }

    RoundTrip.Place place() {
        return place;
    }

    /** What was done, one line each. */
    List<String> story() {
        return List.copyOf(story);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        closing.push(resource);
        return resource;
    }

    private void told(String line) {
        story.add(line);
    }

    private static DirectoryEditor.NewDevice device(KeyPair key, int openPort) {
        return new DirectoryEditor.NewDevice(
                APPLIANCE,
                "Bench multimeter M4",
                List.of("demo"),
                List.of(KeyText.require(DeviceClient.publicLine(key, APPLIANCE.value()))
                        .key()),
                List.of(),
                List.of(),
                List.of(Port.openPort(new PortNumber(openPort), List.of("127.0.0.1"))),
                List.of(),
                TlsMode.TERMINATE,
                DeviceTls.AUTO);
    }

    /** Ends tunnel, gateway and appliance and removes the folder; once. */
    @Override
    public synchronized void close() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                // the rest must end too
            }
        }
    }
}
