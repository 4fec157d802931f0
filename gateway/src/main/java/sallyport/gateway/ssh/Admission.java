package sallyport.gateway.ssh;

import java.net.InetAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * Whether a key that has signed may be in, now and from there. Asked at login and again whenever the directory changes, so
 * that what is revoked ends. Pure; any thread.
 */
final class Admission {
    private Admission() {}

    /** The answer. */
    sealed interface Verdict {
        record Admitted(Device device, DeviceKey key) implements Verdict {}

        /** No device has the key. */
        record Unknown(Problem why) implements Verdict {}

        /** A device has it, and still it may not come in. */
        record Refused(Device device, Problem why) implements Verdict {}
    }

    /**
     * Who asks.
     *
     * @param key the key that signed
     * @param user the login name, cleaned
     * @param address where the connection comes from
     */
    record Caller(KeyFingerprint key, String user, InetAddress address) {}

    static Verdict judge(Directory directory, Caller caller, Optional<String> onlyUser, Instant now) {
        Optional<Device> owner = directory.findByKey(caller.key());
        if (owner.isEmpty()) {
            return new Verdict.Unknown(Fault.UNKNOWN_KEY.problem("key", caller.key()));
        }
        Device device = owner.get();
        DeviceKey key = device.keys().stream()
                .filter(candidate -> candidate.fingerprint().equals(caller.key()))
                .findFirst()
                .orElseThrow();
        Optional<Problem> objection = objection(device, key, caller, onlyUser, now);
        return objection.isPresent() ? new Verdict.Refused(device, objection.get()) : new Verdict.Admitted(device, key);
    }

    /** True while the device may log in with what is unsafe today. */
    static boolean legacy(Device device, Instant now) {
        return device.legacyUntil()
                .map(last -> !LocalDate.ofInstant(now, ZoneOffset.UTC).isAfter(last))
                .orElse(false);
    }

    private static Optional<Problem> objection(
            Device device, DeviceKey key, Caller caller, Optional<String> onlyUser, Instant now) {
        if (!device.enabled()) {
            return Optional.of(Fault.DEVICE_DISABLED.problem("device", device.name()));
        }
        if (key.expires().isPresent() && !now.isBefore(key.expires().get())) {
            return Optional.of(Fault.KEY_EXPIRED.problem(
                    "key",
                    key.fingerprint(),
                    "device",
                    device.name(),
                    "expired",
                    key.expires().get()));
        }
        if (outside(device.keyFrom(), caller.address()) || outside(key.from(), caller.address())) {
            return Optional.of(Fault.KEY_FROM.problem(
                    "key",
                    key.fingerprint(),
                    "device",
                    device.name(),
                    "address",
                    caller.address().getHostAddress(),
                    "from",
                    words(device.keyFrom(), key.from())));
        }
        if (onlyUser.isPresent() && !onlyUser.get().equals(caller.user())) {
            return Optional.of(Fault.USER_NOT_ALLOWED.problem("user", caller.user(), "allowed", onlyUser.get()));
        }
        return Optional.empty();
    }

    private static boolean outside(List<Cidr> networks, InetAddress address) {
        return !networks.isEmpty() && networks.stream().noneMatch(network -> network.contains(address));
    }

    private static String words(List<Cidr> device, List<Cidr> key) {
        return Stream.concat(device.stream(), key.stream()).map(Cidr::toString).collect(Collectors.joining(", "));
    }
}
