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
    private final Optional<Hostname> domain;
    private final IntSupplier publicPort;

    DeviceUrls(DirectoryHolder directory, Optional<Hostname> domain, IntSupplier publicPort) {
        this.directory = directory;
        this.domain = domain;
        this.publicPort = publicPort;
    }

    @Override
    public List<String> apply(Device device) {
        int port = publicPort.getAsInt();
        String suffix = port == HTTPS ? "/" : ":" + port + "/";
        List<String> urls = new ArrayList<>();
        for (HostnameRoute route : directory.current().hostnames()) {
            if (route.device().equals(device.name())) {
                urls.add("https://" + route.hostname() + suffix);
            }
        }
        for (Port open : device.ports()) {
            if (open.open().isPresent() && domain.isPresent()) {
                urls.add("https://" + domain.get() + ":" + open.number() + "/");
            }
        }
        return urls;
    }
}
