package sallyport.gateway.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;

/**
 * Everything that the store holds, at one version. Immutable: it takes over the maps that it is made of, without a copy,
 * because it is made anew with every change.
 *
 * @param version grows by one with every transaction
 * @param automaticOptions the options of {@code NAME.domain}, where any is set
 */
public record Contents(
        long version,
        SortedMap<DeviceName, Device> devices,
        SortedMap<Hostname, OwnHostname> hostnames,
        SortedMap<DeviceName, HostnameOptions> automaticOptions) {
    public Contents {
        devices = Collections.unmodifiableSortedMap(devices);
        hostnames = Collections.unmodifiableSortedMap(hostnames);
        automaticOptions = Collections.unmodifiableSortedMap(automaticOptions);
    }

    /** The options of {@code NAME.domain} of this device. */
    HostnameOptions automaticOptions(DeviceName device) {
        return automaticOptions.getOrDefault(device, HostnameOptions.DEFAULTS);
    }

    /** What the store holds after a transaction with these steps. */
    Contents after(List<StoreChange> changes) {
        TreeMap<DeviceName, Device> nextDevices = new TreeMap<>(devices);
        TreeMap<Hostname, OwnHostname> nextHostnames = new TreeMap<>(hostnames);
        TreeMap<DeviceName, HostnameOptions> nextOptions = new TreeMap<>(automaticOptions);
        for (StoreChange change : changes) {
            switch (change) {
                case StoreChange.PutDevice put -> nextDevices.put(put.device().name(), put.device());
                case StoreChange.RemoveDevice remove -> {
                    nextDevices.remove(remove.device());
                    nextHostnames.values().removeIf(own -> own.device().equals(remove.device()));
                    nextOptions.remove(remove.device());
                }
                case StoreChange.PutHostname put ->
                    nextHostnames.put(put.hostname().hostname(), put.hostname());
                case StoreChange.RemoveHostname remove -> nextHostnames.remove(remove.hostname());
                case StoreChange.PutAutomaticOptions put -> nextOptions.put(put.device(), put.options());
            }
        }
        return new Contents(version + 1, nextDevices, nextHostnames, nextOptions);
    }
}
