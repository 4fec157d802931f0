package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;

/** G19: two devices under one name in option 1 overwrite each other's cookie; a name for each keeps them apart. */
@ExtendWith(SharedGateway.class)
class SharedNameTest {
    @Test
    void cookiesOfTwoOpenPortsClashUnderOneNameAndNotUnderTwo(Scene scene) {
        int first = open(scene, "twin-1");
        int second = open(scene, "twin-2");
        Path oneName = scene.folder().resolve("one-name.txt");
        visit("gateway.sallyport.test", first, oneName);
        visit("gateway.sallyport.test", second, oneName);
        assertThat(visit("gateway.sallyport.test", first, oneName)).contains("Cookie: sid=twin-2");

        Path twoNames = scene.folder().resolve("two-names.txt");
        visit("twin-1.sallyport.test", first, twoNames);
        visit("twin-2.sallyport.test", second, twoNames);
        assertThat(visit("twin-1.sallyport.test", first, twoNames)).contains("Cookie: sid=twin-1");
    }

    private static int open(Scene scene, String name) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls(name));
        appliance.on("/", exchange -> exchange.answer(200, "text/plain", exchange.head(), "Set-Cookie: sid=" + name));
        int port = scene.newPort();
        scene.use(scene.ssh(scene.enrol(name, device -> device.openPort(port)))
                .exitOnForwardFailure()
                .forward(port, appliance.port())
                .start());
        scene.answered(() -> Curl.url("https://127.0.0.1:" + port + "/").trustingAnything());
        return port;
    }

    private static String visit(String name, int port, Path jar) {
        return Curl.url("https://" + name + ":" + port + "/")
                .resolve(name, port)
                .trustingAnything()
                .with("--cookie", jar.toString(), "--cookie-jar", jar.toString())
                .run()
                .body();
    }
}
