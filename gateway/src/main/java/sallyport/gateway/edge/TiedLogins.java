package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.edge.AccessRules.Destination;

/**
 * Logins of one visitor's connection that hold on one connection to the device alone: NTLM and Negotiate by their nature (RFC
 * 4559 section 6), digest logins where the device proves it. Runs on the visitor's loop.
 *
 * <p>Over HTTP/1.1 they work, because the visitor's connection has one device connection; over HTTP/2 they cannot, so the
 * visitor is told to come again over HTTP/1.1.
 */
final class TiedLogins {
    private final OfferedVersions versions;
    private final NonceWatch nonces = new NonceWatch();

    TiedLogins(OfferedVersions versions) {
        this.versions = versions;
    }

    /** What the head of an answer means for its visitor. */
    enum Finding {
        NOTHING,
        /** The next connection will be of HTTP/1.1, and may come soon. */
        LATER,
        /** This answer is worth nothing over HTTP/2. */
        AT_ONCE
    }

    /** The connection over which the request's login was begun; null when any will do. */
    @Nullable
    DeviceConnection home(Exchange exchange) {
        return nonces.origin(exchange);
    }

    /** A request goes out. */
    void sending(Exchange exchange, DeviceConnection over) {
        if (LoginFields.bringsTied(exchange.request.headers())) {
            over.tie();
        }
    }

    /** The final head of its answer has come, as the device has sent it. */
    Finding look(Exchange exchange, DeviceConnection over, HttpResponse head) {
        if (!(over.destination() instanceof Destination.DevicePort port)) {
            return Finding.NOTHING;
        }
        HostnameRoute route = port.route();
        boolean refused = head.status().code() == HttpResponseStatus.UNAUTHORIZED.code();
        over.loginGoesOn(refused && LoginFields.bringsTied(exchange.request.headers()));
        boolean asks = refused && LoginFields.asksForTied(head.headers());
        boolean foreign = nonces.refusesForeign(exchange, over, head);
        boolean proven = nonces.proves(exchange, over, head);
        if (asks || proven) {
            versions.loginsAreTied(route);
        }
        if (!(asks || foreign || proven) || !versions.isHttp1Alone(route)) {
            return Finding.NOTHING;
        }
        return asks || foreign ? Finding.AT_ONCE : Finding.LATER;
    }
}
