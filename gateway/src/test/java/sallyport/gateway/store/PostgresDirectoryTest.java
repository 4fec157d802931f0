package sallyport.gateway.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import sallyport.gateway.config.GatewayConfig;

/** The same, on a real PostgreSQL server. */
final class PostgresDirectoryTest extends StoredDirectoryContract {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static EmbeddedPostgres server;

    private String database = "";

    @BeforeAll
    static void startServer() throws IOException {
        server = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    /** A database of its own for each test. */
    @Override
    JdbcDirectoryStore open() throws SQLException {
        if (database.isEmpty()) {
            database = "test" + COUNT.incrementAndGet();
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + database);
            }
        }
        return JdbcDirectoryStore.open(new GatewayConfig.Database(
                server.getJdbcUrl("postgres", database), Optional.empty(), Optional.empty()));
    }
}
