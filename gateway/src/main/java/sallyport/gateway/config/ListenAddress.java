package sallyport.gateway.config;

/**
 * Where to listen.
 *
 * @param host an address literal without brackets, or empty for all addresses of both families ({@code [::]} means the same)
 * @param port 0 takes a free one
 * @param place where it stands in the configuration, for messages; may be empty
 */
public record ListenAddress(String host, int port, String place) {
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
