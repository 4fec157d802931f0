package sallyport.gateway.console.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * A device to be added.
 *
 * @param keys public keys as people paste them; at least one
 * @param keyFrom networks that it may dial in from
 * @param from networks of visitors that may reach it
 * @param ports private ports
 * @param openPorts ports with a socket that the network can reach
 * @param hostnames own names besides {@code NAME.domain}
 */
public record NewDeviceBody(
        @JsonProperty(required = true) String name,
        Optional<String> title,
        Optional<List<String>> tags,
        @JsonProperty(required = true) List<String> keys,
        Optional<List<String>> keyFrom,
        Optional<List<String>> from,
        Optional<List<Integer>> ports,
        Optional<List<OpenPortBody>> openPorts,
        Optional<List<String>> hostnames,
        Optional<String> tls,
        Optional<String> deviceTls) {

    /**
     * An open port.
     *
     * @param bind address literals; none: all addresses of both families
     * @param bindChoice {@code grant} (default) or {@code client}
     */
    public record OpenPortBody(
            @JsonProperty(required = true) int port, Optional<List<String>> bind, Optional<String> bindChoice) {}
}
