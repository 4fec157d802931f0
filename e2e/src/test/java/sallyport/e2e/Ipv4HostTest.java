package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Ipv4Host;
import sallyport.testkit.KeyFile;
import sallyport.testkit.PlainUser;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;

/** On a host without IPv6, listeners and open ports that were meant for both families serve IPv4, and say so. */
@ExtendWith(SharedGateway.class)
class Ipv4HostTest {
    private static final int OPEN_PORT = 55_443;

    @Test
    void everythingListensOnIpv4WithOneWarning(Scene scene) {
        assumeTrue(PlainUser.canBeChosen(), "only root makes a network without IPv6");
        GatewayProcess gateway = scene.ownGateway(Ipv4HostTest::onAllAddresses);
        Program inside = gateway.program();
        assertThat(inside.stderr().lines().filter(line -> line.contains("SP-609")))
                .singleElement()
                .asString()
                .contains("ssh, https, http, console, management");

        // the device's web interface is the management listener: the one web server inside that network
        KeyFile key = KeyFile.ed25519(scene.folder(), "ipv4");
        assertThat(gateway.command(
                                "device",
                                "add",
                                "ipv4",
                                "--key",
                                key.path() + ".pub",
                                "--open-port",
                                Integer.toString(OPEN_PORT))
                        .exitCode())
                .isZero();
        scene.use(StockSsh.openssh(gateway.ports().ssh(), key)
                .beside(inside)
                .forward(OPEN_PORT, gateway.ports().management())
                .start());

        assertThat(scene.answered(() -> Curl.url("http://127.0.0.1:" + OPEN_PORT + "/healthz")
                                .beside(inside))
                        .status())
                .isEqualTo(200);
        assertThat(scene.answered(() -> gateway.visit("ipv4", "/healthz").beside(inside))
                        .status())
                .isEqualTo(200);
        assertThat(gateway.command("device", "show", "ipv4", "--json").stdout())
                .contains("0.0.0.0:" + OPEN_PORT, "SP-609");
    }

    private static GatewayProcess.Setup onAllAddresses(GatewayProcess.Setup setup) {
        List.of("ssh", "https", "http", "console", "management")
                .forEach(listener -> setup.with(listener, "{listen: \"[::]:0\"}"));
        return setup.by(new Ipv4Host());
    }
}
