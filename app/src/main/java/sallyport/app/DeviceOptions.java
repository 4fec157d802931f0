package sallyport.app;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sallyport.gateway.console.api.NewDeviceBody.OpenPortBody;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.Printable;

/** What {@code device add} and {@code device set} have in common. A list that is not given is null: it stays as it is. */
final class DeviceOptions {
    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "A file with the device's public key, or - for stdin; may be given several times.")
    private @Nullable List<String> keys;

    @Option(names = "--port", paramLabel = "N", description = "A private port, reachable through hostnames alone.")
    private @Nullable List<String> ports;

    @Option(
            names = "--open-port",
            paramLabel = "[BIND:]N",
            description = "An open port: a socket that the network can reach, on all addresses or on BIND.")
    private @Nullable List<String> openPorts;

    @Option(names = "--hostname", paramLabel = "HOST", description = "A hostname of its own, besides NAME.domain.")
    private @Nullable List<String> hostnames;

    @Option(names = "--tls", paramLabel = "MODE", description = "TLS mode of NAME.domain: terminate or passthrough.")
    private @Nullable String tls;

    @Option(
            names = "--device-tls",
            paramLabel = "auto|yes|no",
            description = "Whether the device speaks TLS; auto finds out.")
    private @Nullable String deviceTls;

    @Option(names = "--from", paramLabel = "CIDR", description = "Visitors from this network may reach it.")
    private @Nullable List<String> from;

    @Option(names = "--key-from", paramLabel = "CIDR", description = "It may dial in from this network.")
    private @Nullable List<String> keyFrom;

    @Option(names = "--title", paramLabel = "TEXT", description = "Free text for people.")
    private @Nullable String title;

    @Option(names = "--tag", paramLabel = "WORD", description = "A word for filters.")
    private @Nullable List<String> tags;

    Optional<List<String>> keyTexts() {
        return list(keys)
                .map(files ->
                        files.stream().map(file -> KeyFiles.read("--key", file)).toList());
    }

    Optional<List<Integer>> privatePorts() {
        return list(ports)
                .map(texts -> texts.stream()
                        .map(text -> PortNumber.parse(text).value())
                        .toList());
    }

    Optional<List<OpenPortBody>> openPorts(Optional<String> bindChoice) {
        return list(openPorts)
                .map(texts ->
                        texts.stream().map(text -> openPort(text, bindChoice)).toList());
    }

    Optional<List<String>> hostnames() {
        return list(hostnames);
    }

    Optional<String> tls() {
        return Optional.ofNullable(tls);
    }

    Optional<String> deviceTls() {
        return Optional.ofNullable(deviceTls);
    }

    Optional<List<String>> from() {
        return list(from);
    }

    Optional<List<String>> keyFrom() {
        return list(keyFrom);
    }

    Optional<String> title() {
        return Optional.ofNullable(title);
    }

    Optional<List<String>> tags() {
        return list(tags);
    }

    /** An empty value empties the list: {@code --from ''}. */
    private static Optional<List<String>> list(@Nullable List<String> values) {
        return Optional.ofNullable(values)
                .map(given -> given.stream().filter(value -> !value.isEmpty()).toList());
    }

    /** {@code 55443}, {@code 192.0.2.1:55443}, {@code [2001:db8::1]:55443}, {@code *:55443}. */
    private static OpenPortBody openPort(String text, Optional<String> bindChoice) {
        int colon = text.lastIndexOf(':');
        int port = PortNumber.parse(text.substring(colon + 1)).value();
        if (colon < 0) {
            return new OpenPortBody(port, Optional.empty(), bindChoice);
        }
        String bind = text.substring(0, colon);
        if (bind.equals("*") || bind.isEmpty()) {
            return new OpenPortBody(port, Optional.empty(), bindChoice);
        }
        return new OpenPortBody(port, Optional.of(List.of(withoutBrackets(bind))), bindChoice);
    }

    static String withoutBrackets(String bind) {
        boolean bracketed = bind.startsWith("[") && bind.endsWith("]");
        if (!bracketed && bind.indexOf(':') >= 0) {
            throw new InvalidValue(
                    "--open-port",
                    "\"" + Printable.shorten(bind) + "\" is not an address",
                    "Write an IPv6 address in brackets: [2001:db8::1]:55443.");
        }
        return bracketed ? bind.substring(1, bind.length() - 1) : bind;
    }
}
