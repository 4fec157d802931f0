package sallyport.gateway.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DirectoryEditor.HostnameChanges;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;

/**
 * The steps that each change of a hostname takes, or the refusal in words. A hostname that was added without a port
 * follows the device's main port; one that names a port keeps it, and the port cannot be released meanwhile.
 */
final class HostnamePlan {
    private HostnamePlan() {}

    static List<StoreChange> add(DirectoryRules rules, OwnHostname hostname) {
        Device device = rules.requireDevice(hostname.device());
        rules.checkNewHostname(hostname.hostname());
        GivenText.oneMoreHostname(rules.hostnamesOf(device.name()));
        hostname.port().ifPresent(port -> DirectoryRules.checkOwned(device, port));
        return List.of(new StoreChange.PutHostname(hostname));
    }

    static List<StoreChange> change(DirectoryRules rules, Hostname hostname, HostnameChanges changes) {
        HostnameRoute route = rules.requireRoute(hostname);
        if (route.automatic() && changes.device().isEmpty() && changes.port().isEmpty()) {
            return changeAutomatic(rules, route, changes);
        }
        OwnHostname before = rules.requireOwn(hostname);
        Device device = rules.requireDevice(changes.device().orElse(before.device()));
        boolean moved = !device.name().equals(before.device());
        if (moved) {
            GivenText.oneMoreHostname(rules.hostnamesOf(device.name()));
        }
        Optional<PortNumber> port = changes.port().isPresent() || moved ? changes.port() : before.port();
        port.ifPresent(number -> DirectoryRules.checkOwned(device, number));
        OwnHostname after = new OwnHostname(
                hostname,
                device.name(),
                port,
                changes.tls().orElse(before.tls()),
                changes.deviceTls().orElse(before.deviceTls()),
                before.options().changed(changes.options()));
        return after.equals(before) ? List.of() : List.of(new StoreChange.PutHostname(after));
    }

    /** How {@code NAME.domain} treats TLS is the device's own setting; its options are kept beside the device. */
    private static List<StoreChange> changeAutomatic(
            DirectoryRules rules, HostnameRoute route, HostnameChanges changes) {
        Device before = rules.requireDevice(route.device());
        Device after = DevicePlan.withTls(
                before, changes.tls().orElse(before.tls()), changes.deviceTls().orElse(before.deviceTls()));
        HostnameOptions options = route.options().changed(changes.options());
        List<StoreChange> steps = new ArrayList<>();
        if (!after.equals(before)) {
            steps.add(new StoreChange.PutDevice(after));
        }
        if (!options.equals(route.options())) {
            steps.add(new StoreChange.PutAutomaticOptions(before.name(), options));
        }
        return steps;
    }

    static List<StoreChange> remove(DirectoryRules rules, Hostname hostname) {
        rules.requireOwn(hostname);
        return List.of(new StoreChange.RemoveHostname(hostname));
    }
}
