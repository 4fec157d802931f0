package sallyport.gateway.ssh;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who logged in not long ago, by address and client: whoever looks the same goes first when many knock. It is a hint, never
 * a right. Any thread; bounded, the oldest is forgotten.
 */
final class RecentLogins {
    /** How many address and client pairs are remembered. */
    static final int MAX = 20_000;

    private final Map<Peer, Boolean> peers = new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Peer, Boolean> eldest) {
            return size() > MAX;
        }
    };

    /** A network that one party controls (an IPv4 address, an IPv6 /64), as far as one can tell. */
    record Source(String network) {
        static Source of(InetAddress address) {
            byte[] bytes = address.getAddress();
            return new Source(Arrays.toString(bytes.length == 16 ? Arrays.copyOf(bytes, 8) : bytes));
        }
    }

    private record Peer(Source source, String client) {}

    synchronized void add(InetAddress address, String client) {
        peers.put(new Peer(Source.of(address), client), true);
    }

    synchronized boolean contains(InetAddress address, String client) {
        return peers.get(new Peer(Source.of(address), client)) != null;
    }
}
