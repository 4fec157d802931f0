package sallyport.gateway.console.api;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A public name that leads to one port of one device.
 *
 * @param tls {@code terminate} or {@code passthrough}
 * @param deviceTls {@code auto}, {@code yes} or {@code no}
 * @param automatic true for {@code NAME.domain}
 * @param options what an operator has set: key to text
 * @param effectiveOptions all options: key to text, set or default
 * @param state the state of the device behind it
 * @param warnings what works but deserves an operator's look
 */
public record HostnameAnswer(
        String hostname,
        String device,
        int port,
        String tls,
        String deviceTls,
        boolean automatic,
        Map<String, String> options,
        Map<String, String> effectiveOptions,
        String url,
        String state,
        List<Notice> warnings) {

    /** The same with more warnings. */
    public HostnameAnswer with(List<Notice> more) {
        List<Notice> all = Stream.concat(warnings.stream(), more.stream()).toList();
        return new HostnameAnswer(
                hostname, device, port, tls, deviceTls, automatic, options, effectiveOptions, url, state, all);
    }
}
