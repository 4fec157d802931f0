package sallyport.gateway.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * The data folder while a gateway uses it: made with mode 0700, locked against a second gateway, with its administrator
 * token. Closing it gives the lock back; the kernel does so too when the process is killed.
 *
 * <p>Blocking; opened once at start.
 */
public final class DataFolder implements AutoCloseable {
    /** Shorter tokens can be guessed; an operator's own one has to be this long too. */
    public static final int MIN_TOKEN_LENGTH = 32;

    private static final int TOKEN_BYTES = 32;
    private static final int MAX_TOKEN_FILE = 4096;
    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");
    private static final Logger log = LoggerFactory.getLogger(DataFolder.class);

    private final DataLayout layout;
    private final FileChannel lockFile;
    private final String adminToken;

    private DataFolder(DataLayout layout, FileChannel lockFile, String adminToken) {
        this.layout = layout;
        this.lockFile = lockFile;
        this.adminToken = adminToken;
    }

    /**
     * Makes what is missing and takes the lock.
     *
     * @throws ProblemException with {@code DATA_FOLDER} or {@code DATA_FOLDER_IN_USE}
     */
    public static DataFolder open(Path folder) {
        DataLayout layout = new DataLayout(folder.toAbsolutePath().normalize());
        try {
            makeFolder(layout.folder());
            FileChannel lockFile = lock(layout);
            try {
                makeFolder(layout.hostKeys());
                return new DataFolder(layout, lockFile, readOrMakeToken(layout));
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(layout, reason(e, layout.folder()));
        }
    }

    public DataLayout layout() {
        return layout;
    }

    /** The administrator token: base64url of 256 random bits, unless an operator wrote an own one. */
    public String adminToken() {
        return adminToken;
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private static void makeFolder(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(folder, mode(FOLDER_MODE));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new FileSystemException(folder.toString(), null, "it is not a folder");
            }
            checkMode(folder);
        }
    }

    /** The folder's mode is the operator's: it is never changed, since the path may be a mistake such as /tmp. */
    private static void checkMode(Path folder) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
        if (mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new FileSystemException(
                    folder.toString(), null, "everyone may write to it (" + PosixFilePermissions.toString(mode) + ")");
        }
        if (!FOLDER_MODE.containsAll(mode)) {
            log.warn("{} has mode {}; 0700 keeps others out", folder, PosixFilePermissions.toString(mode));
        }
    }

    private static FileChannel lock(DataLayout layout) throws IOException {
        FileChannel channel = FileChannel.open(
                layout.lock(), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode(FILE_MODE));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("locked by this process", e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new ProblemException(Fault.DATA_FOLDER_IN_USE.problem("folder", layout.folder()));
    }

    private static String readOrMakeToken(DataLayout layout) throws IOException {
        Path file = layout.adminToken();
        String token = Files.exists(file) ? read(file) : "";
        if (token.isEmpty()) {
            return makeToken(file);
        }
        if (token.length() < MIN_TOKEN_LENGTH || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "admin.token has to be one line of at least " + MIN_TOKEN_LENGTH
                            + " visible characters; remove it to get a new one");
        }
        Files.setPosixFilePermissions(file, FILE_MODE);
        return token;
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > MAX_TOKEN_FILE) {
            throw new FileSystemException(file.toString(), null, "admin.token is too long");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }

    /** Written aside and renamed: after a crash there is a whole token or none. */
    private static String makeToken(Path file) throws IOException {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        try (FileChannel channel = FileChannel.open(
                aside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(FILE_MODE))) {
            ByteBuffer line = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return token;
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(Set<PosixFilePermission> permissions) {
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    private static ProblemException unusable(DataLayout layout, String detail) {
        return new ProblemException(Fault.DATA_FOLDER.problem("folder", layout.folder(), "detail", detail));
    }

    private static String reason(IOException failure, Path folder) {
        if (failure instanceof AccessDeniedException denied) {
            return "no permission" + at(denied, folder);
        }
        if (failure instanceof NoSuchFileException missing) {
            return "it does not exist" + at(missing, folder);
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "a file is in its place";
        }
        if (failure instanceof FileSystemException other && other.getReason() != null) {
            return Printable.shorten(other.getReason()) + at(other, folder);
        }
        return Printable.shorten(String.valueOf(failure.getMessage()));
    }

    private static String at(FileSystemException failure, Path folder) {
        String file = failure.getFile();
        return file == null || file.equals(folder.toString()) ? "" : " at " + file;
    }
}
