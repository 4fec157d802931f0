package sallyport.gateway.store;

import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;

/** One step of a transaction. A device is always written whole, with its keys and ports. */
public sealed interface StoreChange {
    /** Adds the device or replaces it. */
    record PutDevice(Device device) implements StoreChange {}

    /** Removes the device with its keys, ports and hostnames. */
    record RemoveDevice(DeviceName device) implements StoreChange {}

    /** Adds the hostname or replaces it. */
    record PutHostname(OwnHostname hostname) implements StoreChange {}

    /** Replaces the options of the device's {@code NAME.domain}. */
    record PutAutomaticOptions(DeviceName device, HostnameOptions options) implements StoreChange {}

    /** Removes the hostname. */
    record RemoveHostname(Hostname hostname) implements StoreChange {}
}
