package sallyport.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;

/** Under which URLs visitors reach a device, for the device's own status page. Any thread. */
final class DeviceUrls implements Function<Device, List<String>> {
    private static final int HTTPS = 443;

    private final DirectoryHolder directory;
    private final Optional<Hostname> name;
    private final IntSupplier publicPort;

    /** @param name what links to open ports say */
    DeviceUrls(DirectoryHolder directory, Optional<Hostname> name, IntSupplier publicPort) {
        this.directory = directory;
        this.name = name;
        this.publicPort = publicPort;
    }

    @Override
    public List<String> apply(Device device) {
        int port = publicPort.getAsInt();
        String suffix = port == HTTPS ? "/" : ":" + port + "/";
        List<String> urls = new ArrayList<>();
        for (HostnameRoute route : directory.current().hostnames()) {
            if (route.device().equals(device.name()) && !route.hostname().isWildcard()) {
                urls.add("https://" + route.hostname() + suffix);
            }
        }
        for (Port open : device.ports()) {
            if (open.open().isPresent() && name.isPresent()) {
                urls.add("https://" + name.get() + ":" + open.number() + "/");
            }
        }
        return urls;
    }
}
