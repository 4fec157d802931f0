package sallyport.gateway.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAKey;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** One host key in a file as OpenSSH keeps it: mode 0600, with the public half beside it. Blocking; used at the start. */
final class HostKeyFile {
    /** What OpenSSH calls them; the DSA key of an old sshd is left alone, no client of today takes it. */
    private static final Pattern NAME = Pattern.compile("ssh_host_(?!dsa)[a-z0-9]+_key");

    /** RFC 8332 leaves the size open; what sshd made in the last fifteen years has at least this. */
    private static final int LEAST_RSA_BITS = 2048;

    /** What is made today. */
    private static final int NEW_RSA_BITS = 3072;

    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private HostKeyFile() {}

    static boolean isHostKey(Path file) {
        return NAME.matcher(String.valueOf(file.getFileName())).matches() && Files.isRegularFile(file);
    }

    /** Takes the file out of others' reach; says so when it was within. */
    static Optional<Problem> tighten(Path file) throws IOException {
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(file);
        Set<PosixFilePermission> tight = EnumSet.copyOf(PRIVATE);
        tight.retainAll(before);
        if (tight.equals(before)) {
            return Optional.empty();
        }
        Files.setPosixFilePermissions(file, PRIVATE);
        return Optional.of(Fault.HOST_KEY_EXPOSED.problem("file", file, "mode", PosixFilePermissions.toString(before)));
    }

    /** @throws ProblemException HOST_KEY_UNREADABLE: broken, with a passphrase, several keys, too small */
    static KeyPair read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Iterable<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), in, FilePasswordProvider.EMPTY);
            Iterator<KeyPair> all = pairs == null ? List.<KeyPair>of().iterator() : pairs.iterator();
            if (!all.hasNext()) {
                throw unreadable(file, "there is no private key in it", null);
            }
            KeyPair pair = all.next();
            if (pair.getPublic() instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
                throw unreadable(file, "RSA with " + rsa.getModulus().bitLength() + " bits is too weak", null);
            }
            return pair;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof ProblemException problem) {
                throw problem;
            }
            throw unreadable(file, reason(file, e), e);
        }
    }

    private static String reason(Path file, Exception e) {
        if (!Files.isReadable(file)) {
            return "no permission to read it";
        }
        String said = String.valueOf(e.getMessage());
        return said.contains("password") || said.contains("passphrase") || said.contains("encrypted")
                ? "it has a passphrase; take it away with `ssh-keygen -p -f " + file + "`"
                : "it is damaged or of an unknown format";
    }

    private static ProblemException unreadable(Path file, String detail, @Nullable Exception cause) {
        Problem problem = Fault.HOST_KEY_UNREADABLE.problem("file", file, "detail", detail);
        return cause == null ? new ProblemException(problem) : new ProblemException(problem, cause);
    }

    /** Makes an Ed25519 and an RSA key in the folder. */
    static List<KeyPair> make(Path folder) throws IOException, GeneralSecurityException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        KeyPair ed25519 = SecurityUtils.getKeyPairGenerator("Ed25519").generateKeyPair();
        KeyPairGenerator rsa = SecurityUtils.getKeyPairGenerator("RSA");
        rsa.initialize(NEW_RSA_BITS);
        return List.of(
                write(folder.resolve("ssh_host_ed25519_key"), ed25519),
                write(folder.resolve("ssh_host_rsa_key"), rsa.generateKeyPair()));
    }

    private static KeyPair write(Path file, KeyPair pair) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePublicKey(pair.getPublic(), "sallyport", text);
        put(file.resolveSibling(file.getFileName() + ".pub"), text.toByteArray(), PUBLIC);
        text.reset();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "sallyport", null, text);
        put(file, text.toByteArray(), PRIVATE);
        return pair;
    }

    /** The whole file or none of it, also after a power cut. */
    private static void put(Path file, byte[] bytes, Set<PosixFilePermission> mode) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel out = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(mode))) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
        Files.setPosixFilePermissions(fresh, mode); // whatever the umask took away
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
