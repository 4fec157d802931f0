package sallyport.gateway.console.api;

/**
 * A public name that leads to one port of one device.
 *
 * @param tls {@code terminate} or {@code passthrough}
 * @param deviceTls {@code auto}, {@code yes} or {@code no}
 * @param automatic true for {@code NAME.domain}
 * @param state the state of the device behind it
 */
public record HostnameAnswer(
        String hostname,
        String device,
        int port,
        String tls,
        String deviceTls,
        boolean automatic,
        String url,
        String state) {}
