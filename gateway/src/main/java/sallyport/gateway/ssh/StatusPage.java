package sallyport.gateway.ssh;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import sallyport.gateway.directory.Device;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.OpenPorts.Listening;
import sallyport.gateway.tunnel.TunnelPeer;

/** The short text that a session without {@code -N} gets instead of a shell. Pure; plain ASCII, lines end in LF. */
final class StatusPage {
    private StatusPage() {}

    static String text(
            Device device,
            TunnelPeer peer,
            Collection<Forward> forwards,
            Map<Long, Problem> refused,
            List<String> urls) {
        StringBuilder page = new StringBuilder();
        line(page, "Sallyport: device " + device.name());
        line(page, "Key " + peer.key() + ", from " + peer.address().getAddress().getHostAddress());
        line(page, "");
        forwards.forEach(forward -> line(page, "  " + forward.port().number() + "  " + state(forward)));
        if (forwards.isEmpty()) {
            line(page, "  No forward stands. This key may use " + ForwardPolicy.ports(device) + ".");
        }
        refused.forEach((port, why) -> line(page, "  " + port + "  refused: " + why.sentence()));
        if (!urls.isEmpty()) {
            line(page, "");
            urls.forEach(url -> line(page, "  " + url));
        }
        line(page, "");
        line(page, "This page changes when something does. Ctrl-C ends the session and its forwards.");
        return page.toString();
    }

    private static String state(Forward forward) {
        return switch (forward.listening()) {
            case Listening.Open open when open.addresses().isEmpty() -> "private, through hostnames";
            case Listening.Open open -> "open on " + String.join(", ", open.addresses());
            case Listening.Waiting waiting -> "waiting: " + waiting.why().sentence();
            case Listening.Refused refused -> "refused: " + refused.why().sentence();
        };
    }

    private static void line(StringBuilder page, String text) {
        page.append(text).append('\n');
    }
}
