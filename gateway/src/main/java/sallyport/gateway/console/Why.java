package sallyport.gateway.console;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.console.api.WhyAnswer;
import sallyport.gateway.console.api.WhyAnswer.Step;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Fault;

/**
 * Would a visitor who opens this URL reach the device, and if not, what stands in the way? Walks the visitor's way step by
 * step, as the fronts do, and goes on behind a failed step as far as the next ones still mean something, so that one
 * question finds every obstacle. Blocking (DNS, the device's answer).
 */
final class Why {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private final DirectoryHolder directory;
    private final DeviceViews views;
    private final PublicUrls urls;
    private final WayToDevice device;
    private final WayToGateway gateway;

    Why(Console.Parts parts, DeviceViews views) {
        this.directory = parts.directory();
        this.views = views;
        this.urls = views.urls();
        this.device = new WayToDevice(parts, views);
        this.gateway = new WayToGateway(parts, views.urls());
    }

    /** @throws InvalidValue when the URL or the address is none */
    WhyAnswer answer(String text, Optional<String> from) {
        URI url = url(text);
        Optional<InetAddress> visitor = from.map(Why::visitor);
        List<Step> steps = new ArrayList<>();
        steps.add(gateway.dns(url.getHost()));
        int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("http") ? HTTP : HTTPS;
        Directory now = directory.current();
        if (byName(url, port)) {
            byName(now, url, visitor, steps);
        } else {
            byPort(now, port, visitor, steps);
        }
        boolean reaches = steps.stream().noneMatch(step -> step.result().equals("failed"));
        return new WhyAnswer(url.toString(), from, reaches, steps);
    }

    private boolean byName(URI url, int port) {
        return url.getScheme().equals("http")
                ? urls.httpPorts().contains(port)
                : urls.httpsPorts().contains(port);
    }

    private void byName(Directory now, URI url, Optional<InetAddress> visitor, List<Step> steps) {
        if (url.getScheme().equals("http")) {
            steps.add(Steps.ok("redirect", "plain HTTP is redirected to https on port " + urls.httpsPort()));
        }
        Optional<HostnameRoute> route = hostname(url.getHost()).flatMap(now::findRoute);
        if (route.isEmpty()) {
            steps.add(Steps.failed(
                    "hostname",
                    "no device has the hostname " + Printable.shorten(url.getHost()),
                    Fault.UNKNOWN_HOSTNAME,
                    "Add it with `sallyport hostname add`; `sallyport hostname list` shows what there is."));
            return;
        }
        HostnameRoute found = route.get();
        steps.add(
                found.tls() == TlsMode.TERMINATE
                        ? gateway.certificate(Hostname.parse(url.getHost()))
                        : gateway.ownCertificate(found.hostname()));
        steps.add(Steps.ok(
                "hostname",
                found.hostname() + (found.hostname().isWildcard() ? ", which stands for it," : "") + " leads to port "
                        + found.port() + " of " + found.device() + " (" + Words.of(found.tls()) + ")"));
        now.findDevice(found.device()).ifPresent(target -> device.walk(target, found.port(), visitor, steps));
    }

    private void byPort(Directory now, int number, Optional<InetAddress> visitor, List<Step> steps) {
        PortNumber port = new PortNumber(number);
        Optional<Device> owner = now.findByPort(port);
        if (owner.isEmpty()) {
            steps.add(Steps.failed(
                    "port",
                    "port " + port + " belongs to no device, and the HTTPS front listens on " + urls.httpsPorts(),
                    Fault.UNKNOWN_HOSTNAME,
                    "Check the address; `sallyport port list` shows what there is."));
            return;
        }
        Port granted = owner.get().findPort(port).orElseThrow();
        if (granted.open().isEmpty()) {
            steps.add(Steps.failed(
                    "port",
                    "port " + port + " of " + owner.get().name() + " is private: no socket listens",
                    Fault.DEVICE_OFFLINE,
                    "Use a hostname of the device, or open the port: sallyport port set "
                            + owner.get().name() + " " + port + " --open"));
            return;
        }
        steps.add(Steps.ok(
                "port", "port " + port + " is an open port of " + owner.get().name()));
        device.walk(owner.get(), port, visitor, steps);
        views.states().findOffer(owner.get(), port).ifPresent(offer -> steps.add(WayToDevice.listening(offer)));
    }

    private static Optional<Hostname> hostname(String host) {
        try {
            return Optional.of(Hostname.parse(host));
        } catch (InvalidValue e) {
            return Optional.empty();
        }
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "https://" + text);
            boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (web && url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65535) {
                return url;
            }
        } catch (URISyntaxException e) {
            // answered below
        }
        throw new InvalidValue(
                "url",
                "\"" + Printable.shorten(text) + "\" is not the address of a web page",
                "Write it as the visitor does: https://device.example.com/.");
    }

    private static InetAddress visitor(String address) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(
                    "from",
                    "\"" + Printable.shorten(address) + "\" is not an address",
                    "Give the visitor's IPv4 or IPv6 address.");
        }
    }
}
