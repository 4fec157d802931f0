package sallyport.gateway.console;

import java.util.Map;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.fault.Fault;

/** Pages of a device as a test says; a device without any is silent. */
final class FakePages implements DevicePages {
    private volatile DevicePages device =
            (route, port, host, target, more) -> new Outcome.Failed(Fault.WEB_SERVER_SILENT.problem());

    void answer(DevicePages pages) {
        device = pages;
    }

    @Override
    public Outcome get(HostnameRoute route, Port port, String visitorHost, String target, Map<String, String> more) {
        return device.get(route, port, visitorHost, target, more);
    }
}
