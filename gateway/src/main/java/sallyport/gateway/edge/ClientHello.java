package sallyport.gateway.edge;

import java.util.List;
import sallyport.gateway.directory.Hostname;

/**
 * What routing needs of a TLS ClientHello (RFC 8446 section 4.1.2).
 *
 * @param serverName the name that the visitor asks for (RFC 6066 section 3)
 * @param protocols the application protocols that it offers (RFC 7301), in its order; empty: no extension
 */
record ClientHello(Hostname serverName, List<String> protocols) {
    /** What the first bytes of a connection turned out to be. */
    sealed interface Result {
        /** Not enough bytes yet. */
        record Incomplete() implements Result {}

        record Complete(ClientHello hello) implements Result {}

        /** Something else than TLS; it gets no answer. */
        record NotTls(String what) implements Result {}

        /** TLS that leads nowhere; it gets the alert (RFC 8446 section 6). */
        record Refused(TlsAlert alert, String why) implements Result {}
    }
}
