package sallyport.gateway.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/**
 * The keys by which devices recognise the gateway: files of an sshd in the folder {@code host-keys} of the data folder. Keys
 * of an existing sshd that are put there are used as they are; only when there is none are an Ed25519 and an RSA key made.
 * Should the folder be lost while there are devices, nothing is made silently: every device would refuse a gateway with a
 * new key.
 *
 * <p>Opened once at the start, blocking; immutable and for any thread from then on.
 */
public final class HostKeys implements KeyPairProvider {
    /** The folder inside the data folder. */
    public static final String FOLDER = "host-keys";

    private final List<KeyPair> pairs;
    private final List<HostKey> keys;
    private final List<Problem> warnings;

    /**
     * A host key as people compare it.
     *
     * @param type the key's type name, such as {@code ssh-ed25519}
     * @param fingerprint what clients show at the first contact
     */
    public record HostKey(String type, KeyFingerprint fingerprint) {}

    HostKeys(List<KeyPair> pairs, List<Problem> warnings) {
        this.pairs = List.copyOf(pairs);
        this.keys = pairs.stream().map(HostKeys::describe).toList();
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Reads the host keys, or makes them when there are none.
     *
     * @param dataFolder exists
     * @param mayMake false when there are devices in the store and nobody said that new keys are wanted
     * @throws ProblemException HOST_KEY_MISSING, HOST_KEY_UNREADABLE, or DATA_FOLDER when it cannot be written
     */
    public static HostKeys open(Path dataFolder, boolean mayMake) {
        Path folder = dataFolder.resolve(FOLDER);
        List<Problem> warnings = new ArrayList<>();
        try {
            List<KeyPair> pairs = read(folder, warnings);
            if (pairs.isEmpty()) {
                if (!mayMake) {
                    throw new ProblemException(Fault.HOST_KEY_MISSING.problem("folder", folder));
                }
                pairs = HostKeyFile.make(folder);
            }
            return new HostKeys(pairs, warnings);
        } catch (IOException | GeneralSecurityException e) {
            throw new ProblemException(
                    Fault.DATA_FOLDER.problem("folder", folder, "detail", String.valueOf(e.getMessage())), e);
        }
    }

    private static List<KeyPair> read(Path folder, List<Problem> warnings) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(HostKeyFile::isHostKey).sorted().toList();
        }
        List<KeyPair> pairs = new ArrayList<>();
        for (Path file : files) {
            HostKeyFile.tighten(file).ifPresent(warnings::add);
            pairs.add(HostKeyFile.read(file));
        }
        return pairs;
    }

    /** The keys for status and log, in the order in which they are preferred. */
    public List<HostKey> keys() {
        return keys;
    }

    /** What an operator should know, such as a key file that others could read. */
    public List<Problem> warnings() {
        return warnings;
    }

    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) {
        return pairs;
    }

    private static HostKey describe(KeyPair pair) {
        return new HostKey(
                KeyUtils.getKeyType(pair),
                new KeyFingerprint(KeyUtils.getFingerPrint(BuiltinDigests.sha256, pair.getPublic())));
    }
}
