package sallyport.gateway.ssh;

import java.net.InetSocketAddress;
import sallyport.gateway.fault.Problem;

/** What the transport tells about its sessions. */
interface SessionEvents {
    /**
     * The peer is authenticated ({@code SSH_MSG_USERAUTH_SUCCESS} is on its way). Called on the session's loop before any
     * message of the connection protocol is handled.
     */
    void loggedIn(GatewaySession session);

    /**
     * A connection is closed without a login because of something that the transport found: not SSH, no login in time, too
     * busy, no algorithm in common. Any thread, once per connection; must not block.
     *
     * @param client what the peer called itself, cleaned; may be empty
     */
    void turnedAway(InetSocketAddress from, String client, Problem why);
}
