package sallyport.gateway.console;

import java.util.Map;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.edge.PageFetch;

/** Gets single pages of devices. The root wires it to the edge. Blocking, bounded by a deadline. */
public interface DevicePages {
    PageFetch.Outcome get(HostnameRoute route, Port port, String visitorHost, String target, Map<String, String> more);
}
