package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.FilePayload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Program;

/** A browser opens the demo's appliance by name and sees its live values; ./check provides Chromium and Playwright's driver. */
@EnabledIfSystemProperty(named = "playwright.cli.dir", matches = ".+", disabledReason = "./check prepares the browser")
class DemoPageInBrowserTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    void liveValuesArriveOverTheWebSocketAndAnUploadIsAnswered() {
        try (Program demo = Program.start(List.of(GatewayProcess.launcher().toString(), "demo"));
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of("/usr/bin/chromium"))
                                .setArgs(List.of("--no-sandbox", "--disable-background-networking")));
                BrowserContext context =
                        browser.newContext(new Browser.NewContextOptions().setIgnoreHTTPSErrors(true))) {
            String url = demo.awaitLine("(https://[a-z0-9-]+\\.sallyport\\.localhost:\\d+/)", DEADLINE)
                    .group(1);
            demo.awaitLine("Ctrl-C", DEADLINE);
            Page page = context.newPage();

            page.navigate(url);
            page.waitForFunction("Number(document.getElementById('samples').textContent) > 5");
            assertThat(page.textContent("#volts")).startsWith("5.0");
            assertThat(page.textContent("#link")).contains("live");

            page.click("text=Firmware");
            page.waitForLoadState(); // before its script runs the form would be sent without it
            page.setInputFiles(
                    "#file", new FilePayload("firmware.bin", "application/octet-stream", new byte[] {1, 2, 3}));
            page.click("button");
            page.waitForSelector(
                    "#result:has-text('039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81')");
        }
    }
}
