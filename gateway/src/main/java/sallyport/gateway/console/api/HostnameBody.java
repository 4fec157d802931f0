package sallyport.gateway.console.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A hostname to be added; without a port it leads to the device's main port. */
public record HostnameBody(
        @JsonProperty(required = true) String hostname,
        @JsonProperty(required = true) String device,
        Optional<Integer> port,
        Optional<String> tls,
        Optional<String> deviceTls,
        Optional<String> preset,
        Optional<Map<String, @Nullable String>> options) {}
