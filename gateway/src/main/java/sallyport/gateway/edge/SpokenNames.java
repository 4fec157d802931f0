package sallyport.gateway.edge;

import java.util.List;
import java.util.Optional;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.OwnName;

/**
 * The names by which a visitor and a device speak of the same web server, for one request. Pure.
 *
 * @param route where the request goes
 * @param visitorHost the visitor's Host, as it was written
 * @param deviceScheme what the device speaks
 */
record SpokenNames(HostnameRoute route, String visitorHost, String deviceScheme) {

    /** The Host that the device is asked for instead of the visitor's. */
    Optional<OwnName> asked() {
        return route.options().value(HostnameOption.HOST);
    }

    /** What the visitor calls this web server, as the device calls it; anything else is returned as it is. */
    String toDevice(String reference) {
        Optional<OwnName> asked = asked();
        if (asked.isEmpty()) {
            return reference;
        }
        return WebAddress.parse(reference)
                .filter(address -> WebAddress.parse("https://" + visitorHost)
                        .map(own -> own.host().equals(address.host()) && own.port() == address.port())
                        .orElse(false))
                .map(address -> address.at(deviceScheme, asked.get().authority()))
                .orElse(reference);
    }

    /** What the device calls itself, as the visitor calls it; anything else is returned as it is. */
    String toVisitor(String reference) {
        return WebAddress.parse(reference)
                .filter(address -> isDevice(address) || isThisPlaceInOtherWords(address))
                .map(address -> address.at("https", visitorHost))
                .orElse(reference);
    }

    /** True when the device goes by this name, as far as the operator has said. */
    private boolean isDevice(WebAddress address) {
        List<OwnName> names = route.options().value(HostnameOption.DEVICE_NAMES);
        return names.stream().anyMatch(name -> name.is(address.host(), address.port()))
                || asked().filter(name -> name.isHost(address.host())).isPresent();
    }

    /** A device that does not know about TLS in front of it says http, or forgets the public port. */
    private boolean isThisPlaceInOtherWords(WebAddress address) {
        Optional<WebAddress> here = WebAddress.parse("https://" + visitorHost);
        if (here.isEmpty() || !address.host().equals(here.get().host())) {
            return false;
        }
        boolean samePort = address.port() == here.get().port();
        boolean same = samePort && address.scheme().equals("https");
        return !same && (samePort || address.hasDefaultPort());
    }
}
