package sallyport.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A device whose firmware brings a stock SSH client: builds the command line of {@code ssh}, {@code dbclient} or {@code plink}
 * and starts it as a process of its own.
 */
public final class StockSsh {
    private enum Client {
        OPENSSH,
        DROPBEAR,
        PUTTY
    }

    private final Client client;
    private final List<String> command = new ArrayList<>();
    private String user = "mm";
    private String host = "127.0.0.1";
    private final Map<String, String> environment;

    private StockSsh(Client client, Map<String, String> environment, List<String> command) {
        this.client = client;
        this.environment = environment;
        this.command.addAll(command);
    }

    /** OpenSSH with nothing but its defaults, an empty configuration and the given key. */
    public static StockSsh openssh(int sshPort, KeyFile key) {
        return new StockSsh(
                Client.OPENSSH,
                Map.of("SSH_AUTH_SOCK", ""),
                List.of(
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        key.path().toString(),
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "StrictHostKeyChecking=accept-new",
                        "-o",
                        "UserKnownHostsFile=" + key.path() + ".known_hosts",
                        "-p",
                        Integer.toString(sshPort)));
    }

    /** Dropbear's client, as small firmware has it. */
    public static StockSsh dropbear(int sshPort, KeyFile key) {
        Path home = key.path().getParent();
        return new StockSsh(
                Client.DROPBEAR,
                Map.of("HOME", home == null ? "/tmp" : home.toString(), "SSH_AUTH_SOCK", ""),
                List.of("dbclient", "-y", "-i", key.forDropbear().toString(), "-p", Integer.toString(sshPort)));
    }

    /** PuTTY's command line client; it wants to know the host key's fingerprint beforehand. */
    public static StockSsh putty(int sshPort, KeyFile key, String hostKeyFingerprint) {
        Path home = key.path().getParent();
        return new StockSsh(
                Client.PUTTY,
                Map.of("HOME", home == null ? "/tmp" : home.toString(), "SSH_AUTH_SOCK", ""),
                List.of(
                        "plink",
                        "-batch",
                        "-hostkey",
                        hostKeyFingerprint,
                        "-i",
                        key.forPutty().toString(),
                        "-P",
                        Integer.toString(sshPort)));
    }

    /** Logs in under another name than {@code mm}. */
    public StockSsh user(String name) {
        user = name;
        return this;
    }

    /** Dials another address than 127.0.0.1. */
    public StockSsh host(String address) {
        host = address;
        return this;
    }

    /** {@code -R SPEC}, such as {@code 55443:127.0.0.1:8443}. */
    public StockSsh forward(String spec) {
        return with("-R", spec);
    }

    /** {@code -R} without an address: the listening port leads to a loopback port of the device. */
    public StockSsh forward(int port, int targetPort) {
        return forward(port + ":127.0.0.1:" + targetPort);
    }

    /** {@code -o NAME=VALUE} of OpenSSH. */
    public StockSsh option(String option) {
        return with("-o", option);
    }

    /** The advice of our snippets: end when a forward is refused. */
    public StockSsh exitOnForwardFailure() {
        return option("ExitOnForwardFailure=yes");
    }

    /** Runs in the network of a process instead of ours. */
    public StockSsh beside(Program program) {
        command.addAll(0, Ipv4Host.beside(program));
        return this;
    }

    /** Any other words before the host. */
    public StockSsh with(String... words) {
        command.addAll(List.of(words));
        return this;
    }

    /** {@code -N}: no session, forwards alone. */
    public Program start() {
        return startWith(List.of("-N"), List.of());
    }

    /** Without {@code -N}: asks for a shell, or for {@code remoteCommand} when there is one. */
    public Program startSession(String... remoteCommand) {
        return startWith(List.of(), List.of(remoteCommand));
    }

    private Program startWith(List<String> before, List<String> after) {
        List<String> words = new ArrayList<>(command);
        words.addAll(before);
        if (client == Client.OPENSSH) {
            words.add("--");
        }
        words.add(user + "@" + host);
        words.addAll(after);
        return Program.start(words, null, environment);
    }
}
