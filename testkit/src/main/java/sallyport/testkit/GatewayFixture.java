package sallyport.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import sallyport.gateway.Gateway;
import sallyport.gateway.GatewayOptions;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Hostname;

/** A gateway inside this process, on free loopback ports, with its data in a temporary folder that goes with it. */
public final class GatewayFixture implements AutoCloseable {
    private final TempFolder folder;
    private final Gateway gateway;

    private GatewayFixture(TempFolder folder, Gateway gateway) {
        this.folder = folder;
        this.gateway = gateway;
    }

    /** Starts one for a domain. */
    public static GatewayFixture start(String domain) {
        return start(domain, UnaryOperator.identity());
    }

    /** Starts one with options of the test's own, such as a clock. */
    public static GatewayFixture start(String domain, UnaryOperator<GatewayOptions> options) {
        TempFolder folder = TempFolder.create("gateway");
        try {
            GatewayOptions chosen = options.apply(GatewayOptions.embedded("test"));
            return new GatewayFixture(folder, Gateway.start(configuration(folder, domain), chosen));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static GatewayConfig configuration(TempFolder data, String domain) {
        List<ListenAddress> free = List.of(new ListenAddress("127.0.0.1", 0, ""));
        return new GatewayConfig(
                data.path(),
                Optional.of(new Hostname(domain)),
                new GatewayConfig.Ssh(free, Optional.empty()),
                new GatewayConfig.Https(free, Optional.empty()),
                new GatewayConfig.Http(free),
                List.of(),
                Optional.empty(),
                new GatewayConfig.Console(free, Optional.empty()),
                new GatewayConfig.Log(GatewayConfig.Log.Level.WARN, GatewayConfig.Log.Format.TEXT),
                new GatewayConfig.Management(free),
                new GatewayConfig.Ports(20_000, 29_999),
                new GatewayConfig.Database(
                        "jdbc:sqlite:" + data.resolve("sallyport.db"), Optional.empty(), Optional.empty()));
    }

    public Gateway gateway() {
        return gateway;
    }

    public int sshPort() {
        return gateway.addresses().ssh().getFirst().getPort();
    }

    public int httpsPort() {
        return gateway.addresses().https().getFirst().getPort();
    }

    public int httpPort() {
        return gateway.addresses().http().getFirst().getPort();
    }

    /** The root of its local CA. */
    public Path ca() {
        return folder.resolve("ca.pem");
    }

    /** Its data folder. */
    public Path data() {
        return folder.path();
    }

    @Override
    public void close() {
        gateway.close();
        folder.close();
    }
}
