package sallyport.gateway.console.api;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to change in a hostname (RFC 7396); members that are absent stay.
 *
 * @param preset options that go together; those that are named besides win
 * @param options those to change; null resets one to its default
 */
public record HostnamePatch(
        Optional<String> device,
        Optional<Integer> port,
        Optional<String> tls,
        Optional<String> deviceTls,
        Optional<String> preset,
        Optional<Map<String, @Nullable String>> options) {}
