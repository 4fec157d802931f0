package sallyport.gateway.ssh;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.kex.KexProposalOption;
import sallyport.gateway.directory.Printable;

/** Why client and gateway have no algorithm in common. Pure. */
final class Negotiation {
    private static final int SHOWN = 120;

    /** What people call the kinds of algorithms whose lack means that a client is too old (RFC 4253 section 7.1). */
    private static final Map<KexProposalOption, String> KINDS = new EnumMap<>(Map.of(
            KexProposalOption.ALGORITHMS, "key exchange",
            KexProposalOption.SERVERKEYS, "host key algorithm",
            KexProposalOption.C2SENC, "cipher",
            KexProposalOption.S2CENC, "cipher",
            KexProposalOption.C2SMAC, "MAC",
            KexProposalOption.S2CMAC, "MAC"));

    private Negotiation() {}

    /** The first kind of algorithm without a common name, with what the client has instead. */
    static Optional<String> findMissing(Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        for (KexProposalOption option : KexProposalOption.VALUES) {
            String kind = KINDS.get(option);
            if (kind != null
                    && !needless(option, client, server)
                    && common(option, client, server).isEmpty()) {
                String offered = Printable.clean(client.getOrDefault(option, ""), SHOWN);
                return Optional.of(kind + " (it has " + (offered.isEmpty() ? "none" : offered) + ")");
            }
        }
        return Optional.empty();
    }

    /** With an AEAD cipher there is no MAC (RFC 5647 section 5.1 as OpenSSH reads it). */
    private static boolean needless(
            KexProposalOption option, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        KexProposalOption cipher = switch (option) {
            case C2SMAC -> KexProposalOption.C2SENC;
            case S2CMAC -> KexProposalOption.S2CENC;
            default -> null;
        };
        return cipher != null
                && common(cipher, client, server)
                        .filter(name -> name.contains("gcm") || name.contains("poly1305"))
                        .isPresent();
    }

    /** The client's first choice that the server has too; pseudo-algorithms are none. */
    private static Optional<String> common(
            KexProposalOption option, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        List<String> ours = List.of(server.getOrDefault(option, "").split(",", -1));
        for (String name : client.getOrDefault(option, "").split(",", -1)) {
            if (!name.startsWith("kex-strict-") && !name.startsWith("ext-info-") && ours.contains(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
