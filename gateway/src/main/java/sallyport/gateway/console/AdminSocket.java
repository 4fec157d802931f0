package sallyport.gateway.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import sallyport.gateway.config.DataLayout;

/**
 * Where the Unix socket {@code admin.sock} of a data folder is, in a spelling that the kernel takes.
 *
 * <p>The kernel takes at most 107 bytes of path (unix(7)), a data folder may be longer. Then the address goes through a
 * short symbolic link to the folder in the temporary folder: the kernel follows it at bind and connect, so the socket
 * itself still lies in the data folder and its permissions count. The link belongs to this object and goes with it; its
 * name is random, and in a sticky folder nobody else can replace it or make us follow theirs.
 */
public final class AdminSocket implements AutoCloseable {
    private static final int LONGEST_PATH_BYTES = 100;

    private final Path real;
    private final Path address;
    private final boolean linked;

    private AdminSocket(Path real, Path address, boolean linked) {
        this.real = real;
        this.address = address;
        this.linked = linked;
    }

    /**
     * The socket of this data folder, whether somebody listens there or not.
     *
     * @throws IOException when the path is too long and no short link can be made
     */
    public static AdminSocket in(Path data) throws IOException {
        Path real = new DataLayout(data.toAbsolutePath()).adminSocket();
        return fits(real) ? new AdminSocket(real, real, false) : linked(real);
    }

    private static AdminSocket linked(Path real) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        while (true) {
            String name = "sallyport-"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            Path link = temporary.resolve(name);
            Path address = link.resolve(real.getFileName());
            if (!fits(address)) {
                throw new IOException("the path " + real + " is too long for a Unix socket, and so is " + address);
            }
            try {
                Files.createSymbolicLink(link, real.getParent());
                return new AdminSocket(real, address, true);
            } catch (FileAlreadyExistsException e) {
                // another process drew the same name: draw again
            }
        }
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH_BYTES;
    }

    /** What to bind or connect to. */
    public Path address() {
        return address;
    }

    /** Where the socket lies, for people. */
    public Path path() {
        return real;
    }

    /** True when a gateway accepts connections there. */
    boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(address));
        } catch (IOException e) {
            return false;
        }
    }

    /** Removes what a gateway that was killed left behind. */
    void removeStale() throws IOException {
        Files.deleteIfExists(real);
    }

    @Override
    public void close() {
        if (linked) {
            try {
                Files.deleteIfExists(address.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
