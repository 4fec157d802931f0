package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.NtlmLogin;
import sallyport.testkit.WebExchange;
import sallyport.testkit.WebSocketFrames;

/** Chromium over HTTP/2; ./check provides it and Playwright's driver. */
@EnabledIfSystemProperty(named = "playwright.cli.dir", matches = ".+", disabledReason = "./check prepares the browser")
@ExtendWith(SharedGateway.class)
class Http2InBrowserTest {
    private static final int PARTS = 30;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final String NOT_KEPT = "Cache-Control: no-store";
    private static final String PROTOCOL = "performance.getEntriesByType('navigation')[0].nextHopProtocol";

    /** Trusts the certificate that the gateway shows as if a person had imported its root, so that names may share. */
    private static Browser chromium(Playwright playwright, Scene scene, String device) {
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of("/usr/bin/chromium"))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-background-networking",
                                "--host-resolver-rules=MAP *." + GatewayProcess.DOMAIN + " 127.0.0.1",
                                "--ignore-certificate-errors-spki-list=" + keyHash(scene, device))));
    }

    private static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    private static String keyHash(Scene scene, String device) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anything()}, new SecureRandom());
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                    .createSocket("127.0.0.1", scene.gateway().ports().https())) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(GatewayProcess.hostname(device))));
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                byte[] key = socket.getSession()
                        .getPeerCertificates()[0]
                        .getPublicKey()
                        .getEncoded();
                return Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String url(Scene scene, String device, String path) {
        return "https://" + GatewayProcess.hostname(device) + ":"
                + scene.gateway().ports().https() + path;
    }

    @Test
    void twoDevicesUnderOneWildcardCertificateNeverShowThatTheyShareIt(Scene scene) {
        for (String name : List.of("twin-1", "twin-2")) {
            scene.online(
                    name,
                    scene.use(FakeAppliance.plain(name).on("/who", exchange -> page(exchange, name)))
                            .port());
        }
        try (Playwright playwright = playwright();
                Browser browser = chromium(playwright, scene, "twin-1")) {
            Page page = browser.newPage();
            for (int i = 0; i < Size.of(40, 1000); i++) {
                String name = "twin-" + (i % 2 + 1);
                Response response = page.navigate(url(scene, name, "/who"));
                assertThat(response.status()).isEqualTo(200);
                assertThat(page.textContent("h1")).isEqualTo(name);
                assertThat(page.evaluate(PROTOCOL)).isEqualTo("h2");
            }
        }
    }

    private static void page(WebExchange exchange, String name) throws IOException {
        exchange.answer(200, "text/html", "<h1>" + name + "</h1>", "Cache-Control: no-store");
    }

    @Test
    void keysAreAgreedUponSoThatNoQuantumComputerReadsThePageLater(Scene scene) {
        scene.online("quantum", scene.use(FakeAppliance.plain("quantum")).port());
        try (Playwright playwright = playwright();
                Browser browser = chromium(playwright, scene, "quantum")) {
            Page page = browser.newPage();
            CDPSession tools = page.context().newCDPSession(page);
            List<String> groups = new CopyOnWriteArrayList<>();
            tools.on(
                    "Network.responseReceived",
                    event -> groups.add(event.getAsJsonObject("response")
                            .getAsJsonObject("securityDetails")
                            .get("keyExchangeGroup")
                            .getAsString()));
            tools.send("Network.enable");
            page.navigate(url(scene, "quantum", "/"));

            assertThat(groups).isNotEmpty().containsOnly("X25519MLKEM768");
        }
        assertThat(scene.command("status").stdout())
                .containsPattern("TLS X25519MLKEM768, .*; visitors so far: .*[1-9]\\d* X25519MLKEM768")
                .contains("SSH mlkem768x25519-sha256, ");
        assertThat(
                        scene.metric(
                                "sallyport_tls_handshakes_total{cipher=\"TLS_AES_128_GCM_SHA256\",group=\"X25519MLKEM768\",version=\"TLSv1.3\"}"))
                .isPositive();
    }

    @Test
    void aPageWithAHundredResourcesAndAWebSocketLoads(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("panel")
                .on("/panel", exchange -> page(exchange, "panel"))
                .on("/part", exchange -> exchange.answer(200, "text/plain", "part", "Cache-Control: no-store"))
                .on("/live", exchange -> {
                    WebSocketFrames frames = WebSocketFrames.accept(exchange);
                    frames.write(WebSocketFrames.TEXT, exchange.head().getBytes(StandardCharsets.ISO_8859_1));
                    frames.read();
                }));
        scene.online("panel", appliance.port());
        try (Playwright playwright = playwright();
                Browser browser = chromium(playwright, scene, "panel")) {
            Page page = browser.newPage();
            page.navigate(url(scene, "panel", "/panel"));

            Object parts = page.evaluate("""
                    Promise.all([...Array(100).keys()].map(i => fetch('/part?' + i).then(r => r.text())))
                        .then(all => all.filter(text => text === 'part').length)""");
            Object head = page.evaluate("""
                    new Promise((done, failed) => {
                        const socket = new WebSocket('wss://' + location.host + '/live');
                        socket.onmessage = event => { done(event.data); socket.close(); };
                        socket.onerror = () => failed('no WebSocket');
                    })""");

            assertThat(parts).isEqualTo(100);
            assertThat(String.valueOf(head)).contains("Via: 2 sallyport-").contains("Upgrade: websocket");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aDeviceThatServesFewConnectionsAtATimeShowsAPageWithThirtyParts(int slots, Scene scene) {
        String name = "slots-" + slots;
        String parts = "<script async src='/part.js?%d'></script>".repeat(PARTS);
        Object[] numbers = IntStream.range(0, PARTS).boxed().toArray();
        String html = "few" + String.format(Locale.ROOT, parts, numbers);
        FakeAppliance appliance = scene.use(FakeAppliance.plain(name)
                .servingAtATime(slots)
                .on("/page", exchange -> page(exchange, html))
                .on(
                        "/part.js",
                        exchange -> exchange.answer(
                                200, "text/javascript", "window.parts = (window.parts || 0) + 1;", NOT_KEPT)));
        scene.online(name, appliance.port());
        try (Playwright playwright = playwright();
                Browser browser = chromium(playwright, scene, name)) {
            Page page = browser.newPage();
            page.setDefaultNavigationTimeout(PATIENCE_MILLIS);
            for (int visit = 0; visit < 2; visit++) {
                page.navigate(url(scene, name, "/page")); // returns when every part is there
                assertThat(page.evaluate("window.parts")).isEqualTo(PARTS);
                assertThat(page.evaluate(PROTOCOL)).isEqualTo("h2");
            }
        }
    }

    @Test
    void aLoginThatIsTiedToConnectionsWorksAlthoughTheBrowserCameOverHttp2(Scene scene) {
        NtlmLogin login = new NtlmLogin(
                exchange -> page(exchange, exchange.findField("Via").orElse("")));
        scene.online(
                "lab",
                scene.use(FakeAppliance.plain("lab").on("/private", login)).port());
        try (Playwright playwright = playwright();
                Browser browser = chromium(playwright, scene, "lab");
                BrowserContext context =
                        browser.newContext(new Browser.NewContextOptions().setHttpCredentials("u", "p"))) {
            Page page = context.newPage();
            page.navigate(url(scene, "lab", "/"));
            assertThat(page.evaluate(PROTOCOL)).isEqualTo("h2");

            Response response = page.navigate(url(scene, "lab", "/private"));
            assertThat(response.status()).isEqualTo(200);
            assertThat(page.textContent("h1")).startsWith("1.1 sallyport-");
            Object parts = page.evaluate("""
                    Promise.all([...Array(20).keys()].map(i => fetch('/private?' + i).then(r => r.status)))
                        .then(all => all.filter(status => status === 200).length)""");
            assertThat(parts).isEqualTo(20);
            assertThat(login.logins()).isBetween(1, 8);
        }
    }

    private static final class Anything implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
