package sallyport.gateway.store;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;

/**
 * Everything that the store holds, at one version. Immutable: it takes over the maps that it is made of, without a copy,
 * because it is made anew with every change.
 *
 * @param version grows by one with every transaction
 */
public record Contents(
        long version, SortedMap<DeviceName, Device> devices, SortedMap<Hostname, OwnHostname> hostnames) {
    public Contents {
        devices = Collections.unmodifiableSortedMap(devices);
        hostnames = Collections.unmodifiableSortedMap(hostnames);
    }

    /** What the store holds after a transaction with these steps. */
    Contents after(List<StoreChange> changes) {
        TreeMap<DeviceName, Device> nextDevices = new TreeMap<>(devices);
        TreeMap<Hostname, OwnHostname> nextHostnames = new TreeMap<>(hostnames);
        for (StoreChange change : changes) {
            switch (change) {
                case StoreChange.PutDevice put -> nextDevices.put(put.device().name(), put.device());
                case StoreChange.RemoveDevice remove -> {
                    nextDevices.remove(remove.device());
                    nextHostnames.values().removeIf(own -> own.device().equals(remove.device()));
                }
                case StoreChange.PutHostname put ->
                    nextHostnames.put(put.hostname().hostname(), put.hostname());
                case StoreChange.RemoveHostname remove -> nextHostnames.remove(remove.hostname());
            }
        }
        return new Contents(version + 1, nextDevices, nextHostnames);
    }
}
