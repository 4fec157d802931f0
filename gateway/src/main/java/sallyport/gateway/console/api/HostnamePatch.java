package sallyport.gateway.console.api;

import java.util.Optional;

/** What to change in a hostname; members that are absent stay. */
public record HostnamePatch(
        Optional<String> device, Optional<Integer> port, Optional<String> tls, Optional<String> deviceTls) {}
