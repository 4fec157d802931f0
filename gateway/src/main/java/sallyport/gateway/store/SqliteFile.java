package sallyport.gateway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/**
 * The embedded database: one file in the data folder.
 *
 * <p>One connection writes and reads; it is asked at start and at changes alone. {@code synchronous=FULL} in WAL mode: the
 * log is on the disk before a command that changed something returns, so a power cut loses nothing that was confirmed.
 *
 * <p>SQLite takes an absent or empty file for a new database. That would be a silent loss of every device, so a marker
 * beside the file says that there was one.
 */
final class SqliteFile {
    static final String PREFIX = "jdbc:sqlite:";

    /** How long a statement waits for another process that reads or writes the file, such as a backup. */
    private static final int BUSY_MILLIS = 5_000;

    private static final String MARKER_TEXT =
            "Devices were kept in the database of this name. While this file is here, an absent or empty database is an"
                    + " error and not a new beginning.\n";

    private SqliteFile() {}

    static HikariDataSource open(String url) {
        Path file = file(url);
        Path marker = file.resolveSibling(file.getFileName() + ".made");
        DataSource source = source(url);
        try {
            refuseLoss(file, marker);
            createPrivately(file);
            check(source, file);
            Migrations.run(source);
            Files.writeString(marker, MARKER_TEXT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("sallyport-store");
        config.setDataSource(source);
        config.setMaximumPoolSize(1);
        config.setMaxLifetime(0);
        config.setConnectionTimeout(2L * BUSY_MILLIS);
        return new HikariDataSource(config);
    }

    private static Path file(String url) {
        String path = url.substring(PREFIX.length());
        int options = path.indexOf('?');
        return Path.of(options < 0 ? path : path.substring(0, options)).toAbsolutePath();
    }

    private static DataSource source(String url) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }

    private static void refuseLoss(Path file, Path marker) throws IOException {
        boolean nothing = !Files.exists(file) || Files.size(file) == 0;
        if (nothing && Files.exists(marker)) {
            throw new ProblemException(Fault.STORE_LOST.problem("file", file, "marker", marker));
        }
    }

    /** SQLite gives its log the mode of the database file. */
    private static void createPrivately(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static void check(DataSource source, Path file) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String verdict = result.next() ? result.getString(1) : "no answer";
            if (!verdict.equals("ok")) {
                throw damaged(file, verdict);
            }
        } catch (SQLException e) {
            throw damaged(file, StoreFailure.reason(e));
        }
    }

    private static ProblemException damaged(Path file, String detail) {
        return new ProblemException(new Problem(
                Fault.STORE_FAILED,
                "The database " + file + " cannot be used: " + detail + ".",
                "Restore the file from the backup; keep the damaged one aside, nothing was changed in it."));
    }
}
