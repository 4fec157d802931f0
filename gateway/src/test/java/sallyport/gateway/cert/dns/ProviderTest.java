package sallyport.gateway.cert.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/**
 * Programs, and services as their public documents describe them: small servers written from those documents stand for
 * them here. The services themselves were never met by these tests.
 */
final class ProviderTest {
    private static final String RECORD = "_acme-challenge.a.example.com";

    @TempDir
    Path folder;

    private HttpServer server;
    private final List<String> calls = new ArrayList<>();
    /** Record id or subname → value. */
    private final Map<String, List<String>> records = new TreeMap<>();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cf/", this::cloudflare);
        server.createContext("/desec/", this::desec);
        server.createContext("/update", this::acmeDns);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI base(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String note(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        return body;
    }

    /** developers.cloudflare.com/api: zones, dns_records; envelope with {@code result}. */
    private void cloudflare(HttpExchange exchange) throws IOException {
        String body = note(exchange);
        String query = "" + exchange.getRequestURI().getRawQuery();
        if (!"Bearer token-1".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 403, "{\"success\":false,\"errors\":[{\"message\":\"Authentication error\"}]}");
        } else if (exchange.getRequestURI().getPath().equals("/cf/zones")) {
            boolean known = query.equals("name=example.com");
            answer(exchange, 200, "{\"success\":true,\"result\":[" + (known ? "{\"id\":\"z1\"}" : "") + "]}");
        } else if (exchange.getRequestMethod().equals("POST")) {
            JSON record = JSON.parse(body);
            records.put(
                    "r" + (records.size() + 1),
                    List.of(record.get("name").asString(), record.get("content").asString()));
            answer(exchange, 200, "{\"success\":true,\"result\":{\"id\":\"r1\"}}");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            String path = exchange.getRequestURI().getPath();
            records.remove(path.substring(path.lastIndexOf('/') + 1));
            answer(exchange, 200, "{\"success\":true,\"result\":{}}");
        } else {
            List<String> found = records.entrySet().stream()
                    .filter(entry ->
                            query.equals("type=TXT&name=" + entry.getValue().getFirst() + "&content="
                                    + entry.getValue().getLast()))
                    .map(entry -> "{\"id\":\"" + entry.getKey() + "\"}")
                    .toList();
            answer(exchange, 200, "{\"success\":true,\"result\":[" + String.join(",", found) + "]}");
        }
    }

    /** desec.readthedocs.io: domains with owns_qname, rrsets in bulk; lists without an envelope. */
    private void desec(HttpExchange exchange) throws IOException {
        String body = note(exchange);
        String uri = exchange.getRequestURI().toString();
        if (!"Token token-2".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, "{\"detail\":\"Invalid token.\"}");
        } else if (uri.startsWith("/desec/domains/?owns_qname=")) {
            answer(exchange, 200, "[{\"name\":\"example.com\",\"minimum_ttl\":3600}]");
        } else if (exchange.getRequestMethod().equals("PATCH")) {
            JSON set = JSON.parse(body.substring(1, body.length() - 1));
            List<String> values = set.get("records").asArray().stream()
                    .map(JSON.Value::asString)
                    .toList();
            records.put(set.get("subname").asString(), values);
            answer(exchange, 200, "[]");
        } else {
            List<String> sets = records.entrySet().stream()
                    .filter(entry -> !entry.getValue().isEmpty())
                    .map(entry -> new JSONBuilder()
                            .put("subname", entry.getKey())
                            .array("records", entry.getValue())
                            .toString())
                    .toList();
            answer(exchange, 200, "[" + String.join(",", sets) + "]");
        }
    }

    /** github.com/joohoi/acme-dns: POST /update with user and key in headers. */
    private void acmeDns(HttpExchange exchange) throws IOException {
        JSON body = JSON.parse(note(exchange));
        boolean known = "user-a".equals(exchange.getRequestHeaders().getFirst("X-Api-User"))
                && "key-a".equals(exchange.getRequestHeaders().getFirst("X-Api-Key"));
        if (known) {
            records.put(
                    body.get("subdomain").asString(), List.of(body.get("txt").asString()));
            answer(exchange, 200, "{\"txt\":\"" + body.get("txt").asString() + "\"}");
        } else {
            answer(exchange, 401, "{\"error\":\"forbidden\"}");
        }
    }

    @Test
    void cloudflare_gets_a_record_in_the_nearest_zone_and_loses_it_again() throws Exception {
        TxtRecords writer = TxtRecords.of(new DnsProvider.Cloudflare(base("/cf"), Optional.empty(), "token-1"));
        writer.add(RECORD, "one");
        writer.add(RECORD, "two");
        assertThat(records.values()).containsExactly(List.of(RECORD, "one"), List.of(RECORD, "two"));
        writer.remove(RECORD, "one");
        assertThat(records.values()).containsExactly(List.of(RECORD, "two"));
        assertThat(calls.subList(0, 4))
                .containsExactly(
                        "GET /cf/zones?name=_acme-challenge.a.example.com",
                        "GET /cf/zones?name=a.example.com",
                        "GET /cf/zones?name=example.com",
                        "POST /cf/zones/z1/dns_records");
    }

    @Test
    void a_zone_of_the_configuration_is_taken_as_it_stands() throws Exception {
        TxtRecords.of(new DnsProvider.Cloudflare(base("/cf"), Optional.of("example.com"), "token-1"))
                .add(RECORD, "one");
        assertThat(calls).containsExactly("GET /cf/zones?name=example.com", "POST /cf/zones/z1/dns_records");
        calls.clear();
        TxtRecords.of(new DnsProvider.Desec(base("/desec"), Optional.of("example.com"), "token-2"))
                .add(RECORD, "one");
        assertThat(calls).noneMatch(call -> call.contains("owns_qname"));
    }

    @Test
    void a_wrong_token_is_said_with_the_services_words_and_never_shown() {
        assertThatThrownBy(
                        () -> TxtRecords.of(new DnsProvider.Cloudflare(base("/cf"), Optional.empty(), "secret-wrong"))
                                .add(RECORD, "one"))
                .isInstanceOfSatisfying(
                        DnsFailure.class,
                        e -> assertThat(e.detail())
                                .contains("403", "Authentication error")
                                .doesNotContain("secret-wrong"));
        assertThat(new DnsProvider.Cloudflare(base("/cf"), Optional.empty(), "secret-wrong").toString())
                .doesNotContain("secret-wrong");
    }

    @Test
    void desec_keeps_the_other_values_of_a_record_set() throws Exception {
        records.put("_acme-challenge.a", List.of("\"other\""));
        TxtRecords writer = TxtRecords.of(new DnsProvider.Desec(base("/desec"), Optional.empty(), "token-2"));
        writer.add(RECORD, "mine");
        assertThat(records.get("_acme-challenge.a")).containsExactly("\"other\"", "\"mine\"");
        writer.remove(RECORD, "mine");
        assertThat(records.get("_acme-challenge.a")).containsExactly("\"other\"");
    }

    @Test
    void acme_dns_is_told_by_the_account_of_the_name() throws Exception {
        Map<String, Object> account = new LinkedHashMap<>(Map.of(
                "username", "user-a", "password", "key-a", "subdomain", "sub-a", "fulldomain", "sub-a.acme.test"));
        Path accounts = folder.resolve("accounts.json");
        Files.writeString(
                accounts, JSON.fromMap(Map.of("a.example.com", account)).toString());
        TxtRecords writer = TxtRecords.of(new DnsProvider.AcmeDns(base(""), accounts));

        writer.add(RECORD, "digest");
        writer.remove(RECORD, "digest");

        assertThat(records).containsExactly(Map.entry("sub-a", List.of("digest")));
        assertThatThrownBy(() -> writer.add("_acme-challenge.b.example.com", "digest"))
                .isInstanceOfSatisfying(
                        DnsFailure.class, e -> assertThat(e.detail()).contains("no account for b.example.com"));
    }

    @Test
    void a_service_that_is_down_is_named() {
        server.stop(0);
        assertThatThrownBy(() -> TxtRecords.of(new DnsProvider.Desec(base("/desec"), Optional.empty(), "token-2"))
                        .add(RECORD, "x"))
                .isInstanceOfSatisfying(
                        DnsFailure.class, e -> assertThat(e.detail()).startsWith("127.0.0.1 cannot be reached"));
    }

    @Test
    void a_program_that_hangs_is_ended_with_all_that_it_started() throws Exception {
        Path pid = folder.resolve("pid");
        Path hook = folder.resolve("hook");
        Files.writeString(hook, "#!/bin/sh\nsleep 1000 &\necho $! > " + pid + "\nwait\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        ExecHook slow = new ExecHook(List.of("" + hook), Duration.ofSeconds(1));

        assertThatThrownBy(() -> slow.add(RECORD, "x"))
                .isInstanceOfSatisfying(
                        DnsFailure.class, e -> assertThat(e.detail()).contains("still ran after 1 s"));

        long child = Long.parseLong(Files.readString(pid).strip());
        await().until(() ->
                ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }
}
