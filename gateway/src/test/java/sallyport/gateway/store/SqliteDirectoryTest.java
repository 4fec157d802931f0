package sallyport.gateway.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteDirectoryTest extends StoredDirectoryContract {
    @TempDir
    private Path folder;

    @Override
    JdbcDirectoryStore open() {
        return JdbcDirectoryStore.open(Samples.sqlite(folder));
    }
}
