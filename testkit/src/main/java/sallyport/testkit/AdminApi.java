package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An operator's script: the gateway's REST API with the administrator's token. Blocking; any thread. */
public final class AdminApi {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final String token;

    AdminApi(String base, String token) {
        this.base = base;
        this.token = token;
    }

    /** What a new device is given; without a port it has its automatic one alone. */
    public static final class NewDevice {
        private final String name;
        private final List<String> keys = new ArrayList<>();
        private final List<String> members = new ArrayList<>();
        private final List<String> ports = new ArrayList<>();
        private final List<String> openPorts = new ArrayList<>();

        private NewDevice(String name) {
            this.name = name;
        }

        /** One OpenSSH line. */
        public NewDevice key(String publicLine) {
            keys.add(quote(publicLine));
            return this;
        }

        public NewDevice key(KeyFile file) {
            return key(file.publicLine());
        }

        /** A private port. */
        public NewDevice port(int port) {
            ports.add(Integer.toString(port));
            return this;
        }

        /** An open port on loopback. */
        public NewDevice openPort(int port) {
            openPorts.add("{\"port\":" + port + ",\"bind\":[\"127.0.0.1\"]}");
            return this;
        }

        /** Any other member, its value as JSON. */
        public NewDevice with(String member, String json) {
            members.add(quote(member) + ":" + json);
            return this;
        }

        private String json() {
            List<String> all = new ArrayList<>(members);
            all.add("\"name\":" + quote(name));
            all.add("\"keys\":" + array(keys));
            all.add("\"ports\":" + array(ports));
            all.add("\"openPorts\":" + array(openPorts));
            return all.stream().collect(Collectors.joining(",", "{", "}"));
        }
    }

    public static NewDevice device(String name) {
        return new NewDevice(name);
    }

    /** Adds a device; it may log in when this returns. */
    public void add(NewDevice device) {
        require(request("POST", "/devices", device.json()), 201);
    }

    /** Changes a device by a JSON merge patch. */
    public void patch(String device, String json) {
        require(request("PATCH", "/devices/" + device, json), 200);
    }

    public void remove(String device) {
        require(request("DELETE", "/devices/" + device, ""), 204);
    }

    /** One device with all that is known about it, as JSON. */
    public String show(String device) {
        return require(request("GET", "/devices/" + device, ""), 200).body();
    }

    /** The gateway at a glance, as JSON. */
    public String status() {
        return require(request("GET", "/status", ""), 200).body();
    }

    /** Any request below {@code /api/v1}; an empty body sends none. */
    public HttpResponse<String> request(String method, String path, String json) {
        HttpRequest.BodyPublisher body =
                json.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/api/v1" + path))
                .method(method, body)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> require(HttpResponse<String> response, int status) {
        if (response.statusCode() != status) {
            throw new AssertionError(response + "\n" + response.body());
        }
        return response;
    }

    private static String array(List<String> items) {
        return items.stream().collect(Collectors.joining(",", "[", "]"));
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
