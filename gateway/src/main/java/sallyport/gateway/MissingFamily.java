package sallyport.gateway;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** Which listeners were meant for all addresses of both families and got those of IPv4 alone, as the host lacks IPv6. */
final class MissingFamily {
    private final List<String> kinds = new ArrayList<>();

    /** @param real where the addresses of {@code wanted} were opened, in the same order */
    void look(String kind, List<ListenAddress> wanted, List<InetSocketAddress> real) {
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).host().isEmpty() && real.get(i).getAddress() instanceof Inet4Address) {
                kinds.add(kind);
                return;
            }
        }
    }

    /** One warning for all of them. */
    Optional<Problem> findWarning() {
        return kinds.isEmpty()
                ? Optional.empty()
                : Optional.of(Fault.FAMILY_MISSING.problem(
                        "address",
                        "[::]",
                        "detail",
                        "it has no IPv6, so that " + String.join(", ", kinds) + " listen on IPv4 alone"));
    }
}
