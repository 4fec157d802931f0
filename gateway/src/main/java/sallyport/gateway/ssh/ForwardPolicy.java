package sallyport.gateway.ssh;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * Which port a device may have. The directory's grant decides, not the address that the client spelled: empty, {@code *},
 * {@code 0.0.0.0}, {@code ::}, {@code localhost} and any name are one and the same, unless the operator chose to honour
 * what the client asked for. Pure; any thread.
 */
final class ForwardPolicy {
    private static final List<String> EVERYWHERE = List.of("", "*", "0.0.0.0", "::");

    private ForwardPolicy() {}

    /** The answer to a wish for a forward. */
    sealed interface Decision {
        record Allowed(Port port) implements Decision {}

        record Refused(Problem why) implements Decision {}
    }

    /**
     * @param address what the client asked to listen on, as it spelled it
     * @param number the port that it asked for as it came over the wire; 0 means the device's automatic port
     */
    static Decision decide(Directory directory, DeviceName name, String address, long number) {
        Optional<Device> found = directory.findDevice(name);
        if (found.isEmpty()) {
            return new Decision.Refused(Fault.REVOKED.problem());
        }
        Device device = found.get();
        if (number == 0) {
            Port automatic =
                    device.findPort(device.automaticPort()).orElseGet(() -> Port.privatePort(device.automaticPort()));
            return covered(device, automatic, address);
        }
        if (number > 65_535) {
            return new Decision.Refused(Fault.PORT_INVALID.problem("port", number, "ports", ports(device)));
        }
        PortNumber port = new PortNumber((int) number);
        Optional<Port> granted = device.findPort(port);
        return granted.isPresent()
                ? covered(device, granted.get(), address)
                : new Decision.Refused(refusal(directory, device, port));
    }

    private static Problem refusal(Directory directory, Device device, PortNumber port) {
        Optional<Device> owner = directory.findByPort(port);
        if (owner.isPresent()) {
            return Fault.PORT_OWNED.problem("port", port, "owner", owner.get().name(), "ports", ports(device));
        }
        Fault fault = port.privileged() ? Fault.PORT_PRIVILEGED : Fault.PORT_NOT_GRANTED;
        return fault.problem("port", port, "device", device.name(), "ports", ports(device));
    }

    private static Decision covered(Device device, Port port, String address) {
        boolean clientDecides = port.open()
                .map(socket -> socket.bindChoice() == BindChoice.CLIENT
                        && !socket.bind().isEmpty()
                        && !EVERYWHERE.contains(address)
                        && !socket.bind().contains(address)
                        && socket.bind().stream().noneMatch(EVERYWHERE::contains))
                .orElse(false);
        if (clientDecides) {
            return new Decision.Refused(Fault.ADDRESS_NOT_GRANTED.problem(
                    "port",
                    port.number(),
                    "device",
                    device.name(),
                    "address",
                    Printable.shorten(address),
                    "granted",
                    String.join(", ", port.open().orElseThrow().bind())));
        }
        return new Decision.Allowed(port);
    }

    /** The ports that this device may use, in words: {@code 55443 and 20001}. */
    static String ports(Device device) {
        List<String> numbers =
                device.ports().stream().map(port -> port.number().toString()).collect(Collectors.toList());
        if (numbers.isEmpty()) {
            return "no port";
        }
        String last = numbers.removeLast();
        return numbers.isEmpty() ? last : String.join(", ", numbers) + " and " + last;
    }
}
