package sallyport.gateway.console.api;

import java.util.List;
import java.util.Optional;

/**
 * How a port is granted.
 *
 * @param kind {@code private} (default) or {@code open}
 * @param bind address literals of an open port; none: all addresses of both families
 * @param bindChoice {@code grant} (default) or {@code client}
 */
public record PortBody(Optional<String> kind, Optional<List<String>> bind, Optional<String> bindChoice) {}
