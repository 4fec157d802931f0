package sallyport.gateway.store;

import java.util.Optional;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;

/**
 * A hostname that an operator added. The automatic ones are not stored: they follow from the devices' names and the
 * {@code domain} of the configuration.
 *
 * @param port where it leads; empty: it follows the device's main port
 */
public record OwnHostname(
        Hostname hostname,
        DeviceName device,
        Optional<PortNumber> port,
        TlsMode tls,
        DeviceTls deviceTls,
        HostnameOptions options) {}
