package sallyport.gateway.directory;

import java.util.List;
import java.util.Optional;

/**
 * A port that belongs to exactly one device, from its first grant until an operator releases it.
 *
 * @param number the listening port number that the device asks for
 * @param open the open socket that the network can reach (option 1), or empty: private, reachable through hostnames alone
 * @param tlsSeen true once the device answered in TLS here: plain HTTP is then never used without an operator's word
 */
public record Port(PortNumber number, Optional<OpenSocket> open, boolean tlsSeen) {

    /**
     * How an open port listens.
     *
     * @param bind address literals without brackets; empty means every address of both families
     * @param bindChoice who decides the listening address within {@code bind}
     */
    public record OpenSocket(List<String> bind, BindChoice bindChoice) {
        public OpenSocket {
            bind = List.copyOf(bind);
        }
    }

    /** Who decides where an open port listens when the client asks with or without an address. */
    public enum BindChoice {
        /** The grant alone; the client's spelling changes nothing. */
        GRANT,
        /** The address that the client asked for, as far as the grant covers it ("clientspecified"). */
        CLIENT
    }

    /** A port that no socket listens on. */
    public static Port privatePort(PortNumber number) {
        return new Port(number, Optional.empty(), false);
    }

    /** A port that listens on these addresses, whatever the client asks. */
    public static Port openPort(PortNumber number, List<String> bind) {
        return new Port(number, Optional.of(new OpenSocket(bind, BindChoice.GRANT)), false);
    }
}
