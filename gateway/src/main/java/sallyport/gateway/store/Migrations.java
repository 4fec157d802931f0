package sallyport.gateway.store;

import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationState;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** Brings the tables up to date at start. A database that a newer version has changed is refused, not guessed at. */
final class Migrations {
    private static final String SCRIPTS = "classpath:sallyport/gateway/store/migration";

    private Migrations() {}

    static void run(DataSource source) {
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations(SCRIPTS)
                .loggers("slf4j")
                .load();
        boolean newer = Arrays.stream(flyway.info().all())
                .anyMatch(step -> step.getState() == MigrationState.FUTURE_SUCCESS
                        || step.getState() == MigrationState.FUTURE_FAILED);
        if (newer) {
            throw new ProblemException(new Problem(
                    Fault.STORE_FAILED,
                    "The database was changed by a newer version of Sallyport.",
                    "Run that version, or restore the backup that was made before the update."));
        }
        flyway.migrate();
    }
}
