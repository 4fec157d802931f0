package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.config.ListenAddress;

final class ManagementListenerTest {
    private final Map<String, Boolean> checks = new LinkedHashMap<>(Map.of("store", true));
    private final ManagementListener listener =
            ManagementListener.start(List.of(new ListenAddress("127.0.0.1", 0, "")), new Health() {
                @Override
                public Map<String, Boolean> checks() {
                    return checks;
                }

                @Override
                public String metrics() {
                    return "sallyport_build_info 1\n";
                }

                @Override
                public String metricsType() {
                    return "text/plain; version=0.0.4";
                }

                @Override
                public String version() {
                    return "1.2.3";
                }
            });

    @AfterEach
    void close() {
        listener.close();
    }

    @Test
    void answers_health_version_and_metrics_without_a_login() throws Exception {
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
        assertThat(get("/version").body()).isEqualTo("1.2.3\n");
        HttpResponse<String> metrics = get("/metrics");
        assertThat(metrics.body()).isEqualTo("sallyport_build_info 1\n");
        assertThat(metrics.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4");
    }

    @Test
    void is_ready_only_while_every_check_is_fine_and_names_the_one_that_is_not() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        checks.put("ssh", false);
        HttpResponse<String> answer = get("/readyz?verbose");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("[+] store").contains("[-] ssh").endsWith("not ready\n");
    }

    @Test
    void a_taken_port_is_named_with_the_key_that_asked_for_it() {
        String taken = listener.addresses().getFirst();
        int port = Integer.parseInt(taken.substring(taken.lastIndexOf(':') + 1));
        assertThatThrownBy(() -> ManagementListener.start(
                        List.of(new ListenAddress("127.0.0.1", port, "")), new StoppedHealth()))
                .hasMessageContaining("SP-604")
                .hasMessageContaining("management.listen");
    }

    private static final class StoppedHealth implements Health {
        @Override
        public Map<String, Boolean> checks() {
            return Map.of();
        }

        @Override
        public String metrics() {
            return "";
        }

        @Override
        public String metricsType() {
            return "text/plain";
        }

        @Override
        public String version() {
            return "";
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://" + listener.addresses().getFirst() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
