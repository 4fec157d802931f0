package sallyport.gateway.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.event.KnockingKeys;
import sallyport.gateway.store.GatewayClaims;
import sallyport.gateway.store.JdbcDirectoryStore;
import sallyport.gateway.store.StoredDirectory;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.Tunnels;

/** A console on a free loopback port, in front of a store in a temporary folder. */
final class ConsoleFixture implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef0123456789a";

    final SystemTimers timers = new SystemTimers();
    final Tunnels tunnels = new Tunnels(timers, event -> {});
    final DeviceHistory history = new DeviceHistory(timers);
    final KnockingKeys knocking = new KnockingKeys(timers);
    final RecentEvents recent = new RecentEvents(timers);
    final GatewayEvents events = GatewayEvents.all(List.of(history, knocking, recent));
    final FakeFacts facts = new FakeFacts();
    final FakePages pages = new FakePages();
    final GatewayConfig config;
    final StoredDirectory directory;
    final Console console;
    private final JdbcDirectoryStore store;
    private final HttpClient client = HttpClient.newHttpClient();

    ConsoleFixture(Path data) {
        this(config(data, 0));
    }

    ConsoleFixture(GatewayConfig config) {
        this.config = config;
        store = JdbcDirectoryStore.open(config.database());
        directory = new StoredDirectory(store, GatewayClaims.of(config), InstantSource.system());
        directory.holder().subscribe(history);
        directory.holder().subscribe(knocking);
        console = Console.start(new Console.Parts(
                config,
                TOKEN,
                directory.holder(),
                directory,
                tunnels,
                timers,
                history,
                knocking,
                recent,
                facts,
                pages));
    }

    static GatewayConfig config(Path data, int port) {
        List<ListenAddress> none = List.of();
        return new GatewayConfig(
                data,
                Optional.of(new Hostname("mm.test")),
                new GatewayConfig.Ssh(none, Optional.empty()),
                new GatewayConfig.Https(none, Optional.empty()),
                new GatewayConfig.Http(none),
                List.of(),
                Optional.empty(),
                new GatewayConfig.Console(
                        List.of(new ListenAddress("127.0.0.1", port, "")),
                        Optional.of(new Hostname("console.mm.test"))),
                new GatewayConfig.Log(GatewayConfig.Log.Level.INFO, GatewayConfig.Log.Format.TEXT),
                new GatewayConfig.Management(none),
                new GatewayConfig.Ports(20000, 29999),
                new GatewayConfig.Database(
                        "jdbc:sqlite:" + data.resolve("sallyport.db"), Optional.empty(), Optional.empty()));
    }

    int port() {
        String address = console.addresses().getFirst();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** With the administrator token. */
    HttpResponse<String> call(String method, String path, String json) {
        HttpRequest.BodyPublisher body =
                json.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
        return send(request(path)
                .method(method, body)
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .build());
    }

    HttpResponse<String> get(String path) {
        return call("GET", path, "");
    }

    /** A device with a key of its own and these further members. */
    HttpResponse<String> add(String name, String members) {
        return call(
                "POST",
                "/api/v1/devices",
                "{\"name\":\"" + name + "\",\"keys\":[\"" + key(name) + "\"]" + (members.isEmpty() ? "" : ",") + members
                        + "}");
    }

    private static final Map<String, String> KEYS = new ConcurrentHashMap<>();

    /** A real Ed25519 key as an OpenSSH line, always the same for a name. */
    static String key(String name) {
        return KEYS.computeIfAbsent(name, ConsoleFixture::newKey);
    }

    private static String newKey(String name) {
        try {
            byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                    .generateKeyPair()
                    .getPublic()
                    .getEncoded();
            ByteBuffer blob = ByteBuffer.allocate(51);
            byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
            blob.putInt(type.length).put(type).putInt(32).put(encoded, encoded.length - 32, 32);
            return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.array()) + " " + name;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        console.close();
        store.close();
        timers.close();
    }
}
