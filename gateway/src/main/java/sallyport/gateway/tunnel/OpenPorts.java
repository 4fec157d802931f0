package sallyport.gateway.tunnel;

import java.util.List;
import java.util.concurrent.CompletionStage;
import sallyport.gateway.directory.Port;
import sallyport.gateway.fault.Problem;

/** Who opens the sockets of open ports (option 1); the edge does. Called on the tunnel's loop. */
public interface OpenPorts {
    /**
     * The tunnel was granted an open port: listen.
     *
     * @param requestedAddress what the client asked to listen on, as it spelled it
     * @return completes on the tunnel's loop, never exceptionally
     */
    CompletionStage<Listening> granted(Tunnel tunnel, Port port, String requestedAddress);

    /** The tunnel offers the port no longer; the socket stays for a while for the next tunnel. */
    void withdrawn(Tunnel tunnel, Port port);

    /** What became of a wish to listen. */
    sealed interface Listening {
        /** Sockets are open on these addresses ({@code ADDRESS:PORT}); there may be warnings. */
        record Open(List<String> addresses, List<Problem> warnings) implements Listening {}

        /** Something else holds the port for now; it is tried again until it is free or withdrawn. The grant stands. */
        record Waiting(Problem why) implements Listening {}

        /** This process may not bind the port: the forward is refused. */
        record Refused(Problem why) implements Listening {}
    }
}
