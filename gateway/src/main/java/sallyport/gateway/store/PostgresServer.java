package sallyport.gateway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import sallyport.gateway.config.GatewayConfig;

/** A PostgreSQL server as the store: {@code jdbc:postgresql://...}. */
final class PostgresServer {
    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 30;
    private static final int CONNECTIONS = 2;

    private PostgresServer() {}

    static HikariDataSource open(GatewayConfig.Database database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setApplicationName("sallyport");
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setSocketTimeout(ANSWER_SECONDS);
        source.setTcpKeepAlive(true);
        source.setUrl(database.url());
        database.user().ifPresent(source::setUser);
        database.password().ifPresent(source::setPassword);
        Migrations.run(source);
        HikariConfig config = new HikariConfig();
        config.setPoolName("sallyport-store");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(1_000L * CONNECT_SECONDS);
        return new HikariDataSource(config);
    }
}
