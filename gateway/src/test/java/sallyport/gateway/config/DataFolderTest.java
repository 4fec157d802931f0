package sallyport.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

final class DataFolderTest {
    @TempDir
    private Path parent;

    @Test
    void the_folder_and_its_secrets_are_for_their_owner_alone() throws IOException {
        Path folder = parent.resolve("a/data");
        try (DataFolder data = DataFolder.open(folder)) {
            assertThat(mode(folder)).isEqualTo("rwx------");
            assertThat(mode(data.layout().hostKeys())).isEqualTo("rwx------");
            assertThat(mode(data.layout().adminToken())).isEqualTo("rw-------");
        }
    }

    @Test
    void the_token_has_256_random_bits_and_stays() throws IOException {
        String first;
        try (DataFolder data = DataFolder.open(parent.resolve("data"))) {
            first = data.adminToken();
        }
        try (DataFolder data = DataFolder.open(parent.resolve("data"))) {
            assertThat(first).matches("[A-Za-z0-9_-]{43}");
            assertThat(data.adminToken()).isEqualTo(first);
            assertThat(Files.readString(data.layout().adminToken())).isEqualTo(first + "\n");
        }
    }

    @Test
    void an_empty_token_is_never_valid() throws IOException {
        Files.writeString(parent.resolve("admin.token"), "\n");
        try (DataFolder data = DataFolder.open(parent)) {
            assertThat(data.adminToken()).hasSize(43);
        }
    }

    @Test
    void a_short_token_is_refused() throws IOException {
        Files.writeString(parent.resolve("admin.token"), "secret\n");

        Problem problem = refusal(parent);

        assertThat(problem.fault()).isEqualTo(Fault.DATA_FOLDER);
        assertThat(problem.cause()).contains("at least 32").doesNotContain("secret");
    }

    @Test
    void a_second_gateway_is_refused_until_the_first_one_ends() throws IOException {
        try (DataFolder first = DataFolder.open(parent)) {
            assertThat(refusal(parent).sentence())
                    .isEqualTo("SP-606 Another gateway uses the data folder "
                            + first.layout().folder() + ". Stop it first, or use another folder.");
        }
        try (DataFolder again = DataFolder.open(parent)) {
            assertThat(again.adminToken()).isNotEmpty();
        }
    }

    @Test
    void a_file_in_its_place_is_refused() throws IOException {
        Path file = Files.writeString(parent.resolve("data"), "");

        assertThat(refusal(file).cause()).isEqualTo("The data folder " + file + " cannot be used: it is not a folder.");
    }

    @Test
    void a_folder_that_cannot_be_made_is_refused() {
        Problem problem = refusal(Path.of("/proc/sallyport"));

        assertThat(problem.fault()).isEqualTo(Fault.DATA_FOLDER);
        assertThat(problem.cause()).startsWith("The data folder /proc/sallyport cannot be used: ");
    }

    @Test
    void a_folder_that_everyone_may_write_to_is_refused_and_left_alone() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("open"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(refusal(folder).cause()).contains("everyone may write to it (rwxrwxrwx)");
        assertThat(mode(folder)).isEqualTo("rwxrwxrwx");
    }

    private static Problem refusal(Path folder) {
        return catchThrowableOfType(ProblemException.class, () -> DataFolder.open(folder))
                .problem();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
