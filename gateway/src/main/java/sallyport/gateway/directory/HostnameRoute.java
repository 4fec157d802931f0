package sallyport.gateway.directory;

/**
 * A public name that leads to one port of one device.
 *
 * @param hostname the name as the directory has it: for a visitor's name it may be the wildcard that stands for it
 * @param device the device that it leads to
 * @param port the device's port that it leads to
 * @param tls what happens to the visitor's TLS
 * @param deviceTls whether the device's port speaks TLS
 * @param automatic true for {@code NAME.domain}, which exists as long as the device does
 * @param options how the front treats requests for it
 */
public record HostnameRoute(
        Hostname hostname,
        DeviceName device,
        PortNumber port,
        TlsMode tls,
        DeviceTls deviceTls,
        boolean automatic,
        HostnameOptions options) {}
