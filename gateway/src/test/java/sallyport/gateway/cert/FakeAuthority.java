package sallyport.gateway.cert;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import sallyport.gateway.time.HandTimers;

/**
 * A certificate authority on loopback, written from RFC 8555 and RFC 9773, whose clock and moods a test sets. It checks no
 * signatures of requests (pebble does in the tests of e2e) except the one of an external account binding.
 */
final class FakeAuthority implements AutoCloseable {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    /** Looks at a challenge as the authority does. */
    interface Look {
        boolean convinced(String type, String name, String token);
    }

    /** A window in which a certificate should be renewed. */
    record Window(Instant start, Instant end) {}

    private record Order(String name, boolean wildcard, Map<String, String> state) {}

    final List<String> ordered = new CopyOnWriteArrayList<>();
    final List<String> contacts = new CopyOnWriteArrayList<>();
    final List<String> replaced = new CopyOnWriteArrayList<>();
    final List<String> challenged = new CopyOnWriteArrayList<>();
    final AtomicInteger accounts = new AtomicInteger();
    final AtomicInteger renewalQuestions = new AtomicInteger();
    volatile Look look = (type, name, token) -> true;
    volatile Duration life = Duration.ofDays(45);
    volatile boolean down;
    volatile boolean stopsBeforeIssuing;
    volatile Optional<Instant> limitedUntil = Optional.empty();
    /** For the certificate that was asked about first; every other one's is 30 days later. */
    volatile Optional<Window> window = Optional.empty();

    volatile Optional<String> bindingKey = Optional.empty();

    private final HandTimers timers;
    private final HttpsServer server;
    private final Path trust;
    private final KeyPair rootPair = X509.newKeyPair();
    private final X509Certificate root;
    private final Map<String, Order> orders = new ConcurrentHashMap<>();
    private final Map<String, String> issued = new ConcurrentHashMap<>();
    private volatile String asked = "";
    private final AtomicInteger numbers = new AtomicInteger();

    FakeAuthority(Path folder, HandTimers timers) throws IOException, GeneralSecurityException {
        this.timers = timers;
        root = X509.leaf(
                List.of("root.test"),
                rootPair.getPublic(),
                new X509.Issuer("Fake root", rootPair),
                new X509.Validity(timers.now(), Duration.ofDays(3650)));
        var files = CertificateFixture.pair(folder, "authority", 30, "localhost");
        trust = files.certificate();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(files.certificate(), files.key())));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    private static SSLContext context(Path certificate, Path key) throws IOException, GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("x", Pem.privateKey(Files.readString(key)), new char[0], new X509Certificate[] {
                Pem.certificates(Files.readString(certificate)).getFirst()
            });
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (Pem.Unusable e) {
            throw new AssertionError(e);
        }
    }

    URI directory() {
        return URI.create(base() + "/directory");
    }

    /** What its HTTPS is checked against. */
    Path trust() {
        return trust;
    }

    private String base() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Replay-Nonce", "nonce" + numbers.incrementAndGet());
            String path = exchange.getRequestURI().getPath();
            if (down) {
                problem(exchange, 503, "serverInternal", "down for maintenance");
                return;
            }
            if (exchange.getRequestMethod().equals("POST")) {
                post(exchange, path, JSON.parse(new String(body, StandardCharsets.UTF_8)));
            } else if (path.equals("/directory")) {
                answer(exchange, 200, listing().toString());
            } else if (path.startsWith("/renewal/")) {
                renewal(exchange);
            } else {
                exchange.sendResponseHeaders(200, -1);
            }
        }
    }

    private JSONBuilder listing() {
        JSONBuilder listing = new JSONBuilder()
                .put("newNonce", base() + "/nonce")
                .put("newAccount", base() + "/account")
                .put("newOrder", base() + "/order")
                .put("revokeCert", base() + "/revoke")
                .put("keyChange", base() + "/change");
        window.ifPresent(any -> listing.put("renewalInfo", base() + "/renewal"));
        JSONBuilder meta = listing.object("meta").put("termsOfService", base() + "/terms");
        bindingKey.ifPresent(any -> meta.put("externalAccountRequired", true));
        return listing;
    }

    private void renewal(HttpExchange exchange) throws IOException {
        renewalQuestions.incrementAndGet();
        Instant again = timers.now().plus(Duration.ofHours(6));
        exchange.getResponseHeaders().set("Retry-After", HTTP_DATE.format(again));
        String id = exchange.getRequestURI().getPath();
        asked = asked.isEmpty() ? id : asked;
        Duration later = asked.equals(id) ? Duration.ZERO : Duration.ofDays(30);
        Window current = window.orElseThrow();
        JSONBuilder info = new JSONBuilder();
        info.object("suggestedWindow")
                .put("start", current.start().plus(later))
                .put("end", current.end().plus(later));
        answer(exchange, 200, info.toString());
    }

    private void post(HttpExchange exchange, String path, JSON message) throws IOException {
        JSON head = decoded(message.get("protected").asString());
        String payload = message.get("payload").asString();
        JSON request = payload.isEmpty() ? JSON.empty() : decoded(payload);
        String[] parts = path.split("/");
        switch (parts[1]) {
            case "account" -> account(exchange, head, request, parts.length > 2);
            case "order" -> order(exchange, request, parts);
            case "authz" -> answer(exchange, 200, authorisation(parts[2]));
            case "challenge" -> challenge(exchange, parts[2], parts[3]);
            case "finalize" -> issue(exchange, parts[2], request);
            case "certificate" -> {
                exchange.getResponseHeaders().set("Content-Type", "application/pem-certificate-chain");
                send(exchange, 200, Objects.requireNonNull(issued.get(parts[2])));
            }
            default -> problem(exchange, 404, "malformed", "no such place");
        }
    }

    private static JSON decoded(String text) {
        return JSON.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    }

    private void account(HttpExchange exchange, JSON head, JSON request, boolean existing) throws IOException {
        if (!existing && bindingKey.isPresent() && !bound(request, head)) {
            problem(exchange, 401, "unauthorized", "the external account binding is wrong");
            return;
        }
        if (!existing) {
            accounts.incrementAndGet();
        }
        request.get("contact")
                .optional()
                .ifPresent(list -> contacts.add(
                        list.asArray().stream().map(JSON.Value::asString).reduce("", String::concat)));
        exchange.getResponseHeaders().set("Location", base() + "/account/1");
        answer(
                exchange,
                existing ? 200 : 201,
                new JSONBuilder().put("status", "valid").toString());
    }

    /** RFC 8555 section 7.3.4: a JWS over the account's public key with the key that the authority gave. */
    private boolean bound(JSON request, JSON head) {
        try {
            JSON binding = request.get("externalAccountBinding").asObject();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(bindingKey.orElseThrow()), "HmacSHA256"));
            String input = binding.get("protected").asString() + "."
                    + binding.get("payload").asString();
            byte[] expected = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
            JSON key = decoded(binding.get("payload").asString());
            return Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(expected)
                            .equals(binding.get("signature").asString())
                    && key.get("x")
                            .asString()
                            .equals(head.get("jwk").asObject().get("x").asString())
                    && decoded(binding.get("protected").asString())
                            .get("kid")
                            .asString()
                            .equals("customer-7");
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private void order(HttpExchange exchange, JSON request, String[] parts) throws IOException {
        if (parts.length > 2) {
            answer(exchange, 200, order(parts[2]));
            return;
        }
        if (limitedUntil.filter(until -> timers.now().isBefore(until)).isPresent()) {
            exchange.getResponseHeaders().set("Retry-After", HTTP_DATE.format(limitedUntil.orElseThrow()));
            problem(exchange, 429, "rateLimited", "too many certificates this week");
            return;
        }
        String name = request.get("identifiers")
                .asArray()
                .get(0)
                .asObject()
                .get("value")
                .asString();
        ordered.add(name);
        request.get("replaces").optional().ifPresent(id -> replaced.add(id.asString()));
        String id = "" + numbers.incrementAndGet();
        boolean wildcard = name.startsWith("*.");
        Map<String, String> state = new ConcurrentHashMap<>(Map.of("status", "pending"));
        orders.put(id, new Order(wildcard ? name.substring(2) : name, wildcard, state));
        exchange.getResponseHeaders().set("Location", base() + "/order/" + id);
        answer(exchange, 201, order(id));
    }

    private Order find(String id) {
        return Objects.requireNonNull(orders.get(id));
    }

    private String order(String id) {
        Order order = find(id);
        JSONBuilder json = new JSONBuilder()
                .put("status", order.state.get("status"))
                .array(
                        "identifiers",
                        List.of(Map.of("type", "dns", "value", (order.wildcard ? "*." : "") + order.name)))
                .array("authorizations", List.of(base() + "/authz/" + id))
                .put("finalize", base() + "/finalize/" + id);
        if (issued.containsKey(id)) {
            json.put("certificate", base() + "/certificate/" + id);
        }
        return json.toString();
    }

    private String authorisation(String id) {
        Order order = find(id);
        String status = order.state.getOrDefault("authz", "pending");
        List<Map<String, Object>> challenges = new ArrayList<>();
        for (String type : order.wildcard ? List.of("dns-01") : List.of("http-01", "dns-01", "tls-alpn-01")) {
            challenges.add(challenge(id, type));
        }
        JSONBuilder json = new JSONBuilder().put("status", status).array("challenges", challenges);
        json.object("identifier").put("type", "dns").put("value", order.name);
        return (order.wildcard ? json.put("wildcard", true) : json).toString();
    }

    private Map<String, Object> challenge(String id, String type) {
        Order order = find(id);
        Map<String, Object> challenge = new HashMap<>(Map.of(
                "type",
                type,
                "url",
                base() + "/challenge/" + id + "/" + type,
                "token",
                "token-" + id,
                "status",
                type.equals(order.state.get("tried")) ? order.state.getOrDefault("authz", "") : "pending"));
        if ("invalid".equals(challenge.get("status"))) {
            challenge.put(
                    "error",
                    Map.of(
                            "type",
                            "urn:ietf:params:acme:error:connection",
                            "detail",
                            "Connection refused by the name"));
        }
        return challenge;
    }

    private void challenge(HttpExchange exchange, String id, String type) throws IOException {
        Order order = find(id);
        if (!order.state.containsKey("tried")) {
            challenged.add(type + " " + order.name);
            boolean convinced = look.convinced(type, order.name, "token-" + id);
            order.state.put("tried", type);
            order.state.put("authz", convinced ? "valid" : "invalid");
            order.state.put("status", convinced ? "ready" : "invalid");
        }
        answer(exchange, 200, JSON.fromMap(challenge(id, type)).toString());
    }

    private void issue(HttpExchange exchange, String id, JSON request) throws IOException {
        Order order = find(id);
        PKCS10CertificationRequest csr =
                new PKCS10CertificationRequest(request.get("csr").asBinary());
        PublicKey key = new JcaPEMKeyConverter().getPublicKey(csr.getSubjectPublicKeyInfo());
        X509Certificate leaf = X509.leaf(
                List.of((order.wildcard ? "*." : "") + order.name),
                key,
                new X509.Issuer("Fake root", rootPair),
                new X509.Validity(timers.now(), life));
        issued.put(id, Pem.write(leaf, root));
        order.state.put("status", "valid");
        if (stopsBeforeIssuing) {
            down = true;
            problem(exchange, 503, "serverInternal", "down in the middle of it");
            return;
        }
        answer(exchange, 200, order(id));
    }

    private static void problem(HttpExchange exchange, int status, String type, String detail) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        send(
                exchange,
                status,
                new JSONBuilder()
                        .put("type", "urn:ietf:params:acme:error:" + type)
                        .put("detail", detail)
                        .toString());
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, status, json);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
