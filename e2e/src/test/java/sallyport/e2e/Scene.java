package sallyport.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import sallyport.testkit.AdminApi;
import sallyport.testkit.AdminApi.NewDevice;
import sallyport.testkit.Curl;
import sallyport.testkit.FreePort;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;
import sallyport.testkit.TempFolder;

/** What one test uses: a gateway, keys, devices and programs, all of which end with the test. For the test's thread. */
final class Scene {
    static final Duration SOON = Duration.ofSeconds(20);

    private final Supplier<GatewayProcess> shared;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final TempFolder folder = use(TempFolder.create("scene"));
    private @Nullable GatewayProcess gateway;

    Scene(Supplier<GatewayProcess> shared) {
        this.shared = shared;
    }

    /** Hands something over that must end with the test, in reverse order. */
    <T extends AutoCloseable> T use(T resource) {
        closing.push(resource);
        return resource;
    }

    TempFolder folder() {
        return folder;
    }

    /** The gateway of this scene: the shared one, unless {@link #ownGateway} came first. */
    GatewayProcess gateway() {
        GatewayProcess current = gateway;
        if (current == null) {
            current = shared.get();
            gateway = current;
        }
        return current;
    }

    /** A gateway for this test alone. */
    GatewayProcess ownGateway(UnaryOperator<GatewayProcess.Setup> setup) {
        TempFolder home = use(TempFolder.create("gateway"));
        GatewayProcess own = use(setup.apply(GatewayProcess.in(home)).start());
        gateway = own;
        return own;
    }

    /** A port number that no other test uses and nothing listens on. */
    int newPort() {
        return FreePort.pick();
    }

    /** A device with an Ed25519 key of its own, removed with the test. */
    KeyFile enrol(String name, UnaryOperator<NewDevice> grants) {
        KeyFile key = KeyFile.ed25519(folder, name);
        enrol(name, key, grants);
        return key;
    }

    /** A device with this key, removed with the test. */
    void enrol(String name, KeyFile key, UnaryOperator<NewDevice> grants) {
        AdminApi api = gateway().api();
        api.add(grants.apply(AdminApi.device(name).key(key)));
        use(() -> {
            if (gateway().program().alive()) {
                gateway().api().request("DELETE", "/devices/" + name, "");
            }
        });
    }

    /** A device's OpenSSH client, pointed at the gateway. */
    StockSsh ssh(KeyFile key) {
        return StockSsh.openssh(gateway().ports().ssh(), key);
    }

    /** A device whose OpenSSH client holds one private port that leads to {@code target}; returns when visitors get through. */
    KeyFile online(String name, int target) {
        int port = newPort();
        KeyFile key = enrol(name, device -> device.port(port));
        use(ssh(key).exitOnForwardFailure().forward(port, target).start());
        untilAnswered(name);
        return key;
    }

    /** Waits until a device's first page comes through the gateway with status 200. */
    void untilAnswered(String name) {
        await().atMost(SOON).until(() -> gateway().visit(name, "/").run().status() == 200);
    }

    /** Waits until a URL answers 200, and returns that answer. */
    Curl.Answer answered(Supplier<Curl> visit) {
        return await().atMost(SOON).until(() -> visit.get().run(), answer -> answer.status() == 200);
    }

    /** Runs a command against this scene's gateway. */
    Program.Result command(String... words) {
        return gateway().command(words);
    }

    /** The value of a metric by its name and labels as they stand in the scrape, 0 when absent. */
    double metric(String start) {
        return Curl.url("http://127.0.0.1:" + gateway().ports().management() + "/metrics")
                .run()
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Ends everything in reverse order; the first failure is thrown after the last was tried. */
    void close() throws Exception {
        Exception first = null;
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
