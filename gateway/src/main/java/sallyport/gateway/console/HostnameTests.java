package sallyport.gateway.console;

import java.net.URI;
import java.util.concurrent.Semaphore;
import sallyport.gateway.console.api.HostnameTestAnswer;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.Timers;

/** Tests of hostnames, few at a time: each is a series of requests to a device. Blocking; any thread. */
final class HostnameTests {
    /** So many run at once; more are refused. */
    static final int MAX_RUNNING = 4;

    private final DevicePages pages;
    private final PublicUrls urls;
    private final Timers timers;
    private final Semaphore running = new Semaphore(MAX_RUNNING);

    HostnameTests(DevicePages pages, PublicUrls urls, Timers timers) {
        this.pages = pages;
        this.urls = urls;
        this.timers = timers;
    }

    /** @param asked the name to test: the route's, or one that its wildcard stands for */
    HostnameTestAnswer run(Directory directory, HostnameRoute route, Hostname asked) {
        if (route.tls() == TlsMode.PASSTHROUGH) {
            throw new InvalidValue(
                    "hostname",
                    route.hostname() + " is passed through, so the gateway cannot read its pages",
                    "Test a hostname whose TLS mode is terminate.");
        }
        if (asked.isWildcard()) {
            throw new InvalidValue(
                    "hostname", asked + " stands for many names", "Test one of them, as a visitor would write it.");
        }
        Device device = directory.findDevice(route.device()).orElseThrow();
        Port port = device.findPort(route.port()).orElseThrow();
        if (!running.tryAcquire()) {
            throw new ProblemException(Fault.TESTS_BUSY.problem("limit", MAX_RUNNING));
        }
        try {
            String visitorHost = URI.create(urls.byName(asked)).getAuthority();
            return new HostnameTest(route, new PageWalk(route, port, visitorHost, pages, timers)).run();
        } finally {
            running.release();
        }
    }
}
