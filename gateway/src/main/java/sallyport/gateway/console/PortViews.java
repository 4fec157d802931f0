package sallyport.gateway.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import sallyport.gateway.console.api.Notice;
import sallyport.gateway.console.api.PortAnswer;
import sallyport.gateway.console.api.PortAnswer.Forward;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/** Ports as people read them: what was granted, where it really listens, and who can reach it. Any thread. */
final class PortViews {
    private final DeviceStates states;
    private final PublicUrls urls;

    PortViews(DeviceStates states, PublicUrls urls) {
        this.states = states;
        this.urls = urls;
    }

    PortAnswer view(Directory directory, Device device, Port port) {
        Optional<Offer> offer = states.findOffer(device, port.number());
        Optional<Forward> forward = offer.map(PortViews::forward);
        Optional<Speech> speech = offer.flatMap(standing -> states.findSpeech(device, standing));
        List<HostnameRoute> names = directory.hostnames().stream()
                .filter(route ->
                        route.device().equals(device.name()) && route.port().equals(port.number()))
                .toList();
        return new PortAnswer(
                device.name().value(),
                port.number().value(),
                port.open().isPresent() ? "open" : "private",
                port.open().map(Port.OpenSocket::bind).orElse(List.of()),
                Words.of(port.open().map(Port.OpenSocket::bindChoice).orElse(BindChoice.GRANT)),
                port.number().equals(device.automaticPort()),
                port.tlsSeen(),
                speech.map(Words::of),
                forward,
                reachableBy(device, port, names, forward),
                url(port, names, speech));
    }

    private static Forward forward(Offer offer) {
        String state;
        List<String> addresses = List.of();
        List<Notice> problems = new ArrayList<>();
        switch (offer.listening()) {
            case Listening.Open open -> {
                state = open.addresses().isEmpty() ? "private" : "listening";
                addresses = open.addresses();
                open.warnings().forEach(warning -> problems.add(Problems.notice(warning)));
            }
            case Listening.Waiting waiting -> {
                state = "waiting";
                problems.add(Problems.notice(waiting.why()));
            }
            case Listening.Refused refused -> {
                state = "refused";
                problems.add(Problems.notice(refused.why()));
            }
        }
        return new Forward(
                offer.since(),
                offer.requestedAddress(),
                state,
                addresses,
                Words.address(offer.tunnel().peer().address()),
                problems);
    }

    private static String reachableBy(Device device, Port port, List<HostnameRoute> names, Optional<Forward> forward) {
        String limit =
                device.visitorFrom().isEmpty() ? "" : " from " + String.join(", ", Words.of(device.visitorFrom()));
        List<String> ways = new ArrayList<>();
        port.open().ifPresent(socket -> ways.add(network(socket, forward) + limit));
        if (!names.isEmpty()) {
            ways.add("visitors of "
                    + names.stream().map(route -> route.hostname().value()).collect(Collectors.joining(", "))
                    + limit);
        }
        return ways.isEmpty() ? "nobody: no hostname leads here" : String.join("; ", ways);
    }

    private static String network(Port.OpenSocket socket, Optional<Forward> forward) {
        List<String> addresses = forward.map(Forward::addresses)
                .filter(real -> !real.isEmpty())
                .orElse(socket.bind().isEmpty() ? List.of("[::]", "0.0.0.0") : socket.bind());
        if (addresses.stream().allMatch(PortViews::loopback)) {
            return "this machine alone (" + String.join(", ", addresses) + ")";
        }
        boolean any = addresses.stream()
                .anyMatch(address -> address.startsWith("0.0.0.0")
                        || address.startsWith("[::]")
                        || address.equals("::")
                        || address.startsWith("*"));
        return any
                ? "everyone whose network reaches this machine"
                : "everyone who reaches " + String.join(", ", addresses);
    }

    private static boolean loopback(String address) {
        return address.startsWith("127.") || address.startsWith("[::1]") || address.equals("::1");
    }

    private Optional<String> url(Port port, List<HostnameRoute> names, Optional<Speech> speech) {
        if (port.open().isPresent()) {
            return Optional.of(urls.byPort(
                    port.number(), speech.filter(Speech.PLAIN::equals).isPresent()));
        }
        return names.stream()
                .map(HostnameRoute::hostname)
                .filter(name -> !name.isWildcard())
                .findFirst()
                .map(urls::byName);
    }
}
