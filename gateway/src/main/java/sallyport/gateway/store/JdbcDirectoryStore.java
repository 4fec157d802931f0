package sallyport.gateway.store;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig;

/** The directory in SQLite or PostgreSQL. Needs few connections: the snapshot answers every question, SQL keeps it. */
public final class JdbcDirectoryStore implements DirectoryStore {
    private static final Logger log = LoggerFactory.getLogger(JdbcDirectoryStore.class);

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private JdbcDirectoryStore(HikariDataSource pool) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
    }

    /** Opens the database of the configuration and brings its tables up to date. */
    public static JdbcDirectoryStore open(GatewayConfig.Database database) {
        return StoreFailure.inWords(
                "it cannot be opened",
                () -> new JdbcDirectoryStore(
                        database.url().startsWith(SqliteFile.PREFIX)
                                ? SqliteFile.open(database.url())
                                : PostgresServer.open(database)));
    }

    @Override
    public Contents load() {
        Contents contents = inTransaction("it cannot be read", handle -> new DirectoryRows(handle).read());
        log.info(
                "{} devices and {} hostnames of their own, version {}",
                contents.devices().size(),
                contents.hostnames().size(),
                contents.version());
        return contents;
    }

    @Override
    public boolean commit(long version, List<StoreChange> changes) {
        return inTransaction("the change was not stored", handle -> {
            DirectoryRows rows = new DirectoryRows(handle);
            if (!rows.advance(version)) {
                return false;
            }
            changes.forEach(rows::write);
            return true;
        });
    }

    private <T> T inTransaction(String doing, Function<Handle, T> work) {
        return StoreFailure.inWords(doing, () -> jdbi.inTransaction(work::apply));
    }

    @Override
    public void close() {
        pool.close();
    }
}
