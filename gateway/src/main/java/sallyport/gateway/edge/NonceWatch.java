package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The nonces of digest logins that one visitor's connection got, and over which of its connections to the device. Some
 * devices take a nonce on the connection alone over which they gave it out. Runs on the visitor's loop.
 *
 * <p><b>The proof</b> is one nonce that was refused over another connection, with a new one, and then accepted over its own:
 * not a wrong password, not one that is too old, not one that is good for one request.
 */
final class NonceWatch {
    /** Nonces kept of one visitor's connection; the oldest goes first. */
    static final int MAX_NONCES = 64;

    private static final class Nonce {
        final DeviceConnection origin;
        boolean refusedElsewhere;

        Nonce(DeviceConnection origin) {
            this.origin = origin;
        }
    }

    private final Map<String, Nonce> nonces = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Nonce> eldest) {
            return size() > MAX_NONCES;
        }
    };

    /** The connection over which the nonce of a request came; null when it has none, or an unknown one. */
    @Nullable
    DeviceConnection origin(Exchange exchange) {
        return presented(exchange).map(nonce -> nonce.origin).orElse(null);
    }

    private Optional<Nonce> presented(Exchange exchange) {
        return LoginFields.nonce(exchange.request.headers()).map(nonces::get);
    }

    /** True when the answer refuses a nonce that came over another connection. */
    boolean refusesForeign(Exchange exchange, DeviceConnection over, HttpResponse head) {
        return refuses(head)
                && presented(exchange).filter(nonce -> nonce.origin != over).isPresent();
    }

    /** Looks at an answer; true when it completes the proof that nonces are tied to connections. */
    boolean proves(Exchange exchange, DeviceConnection over, HttpResponse head) {
        Optional<Nonce> presented = presented(exchange);
        List<String> given = refuses(head) ? LoginFields.nonces(head.headers()) : List.of();
        boolean proof = false;
        if (presented.isPresent()) {
            Nonce nonce = presented.get();
            boolean own = nonce.origin == over;
            boolean again = LoginFields.nonce(exchange.request.headers())
                    .filter(given::contains)
                    .isPresent();
            nonce.refusedElsewhere |= !own && refuses(head) && !again;
            proof = own && !refuses(head) && nonce.refusedElsewhere;
            if (!own && !refuses(head)) {
                nonces.values().remove(nonce); // it holds everywhere
            }
        }
        given.forEach(text -> nonces.putIfAbsent(text, new Nonce(over)));
        return proof;
    }

    private static boolean refuses(HttpResponse head) {
        return head.status().code() == HttpResponseStatus.UNAUTHORIZED.code();
    }
}
