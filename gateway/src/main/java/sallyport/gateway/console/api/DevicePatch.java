package sallyport.gateway.console.api;

import java.util.List;
import java.util.Optional;

/**
 * What to change in a device (RFC 7396): members that are absent stay, a list replaces the whole list.
 *
 * @param legacyUntil a day ({@code 2027-01-31}), or the word {@code never}
 */
public record DevicePatch(
        Optional<String> title,
        Optional<List<String>> tags,
        Optional<Boolean> enabled,
        Optional<List<String>> keys,
        Optional<List<String>> keyFrom,
        Optional<List<String>> from,
        Optional<List<Integer>> ports,
        Optional<List<NewDeviceBody.OpenPortBody>> openPorts,
        Optional<List<String>> hostnames,
        Optional<String> tls,
        Optional<String> deviceTls,
        Optional<String> legacyUntil) {}
